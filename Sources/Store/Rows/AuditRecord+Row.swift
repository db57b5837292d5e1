import GRDB
import Model

extension AuditRecord: StoredRow {
    static let table = "audit"
    static let identity = ["sequence"]

    /// Of one text field.
    static let textLimit = 1024

    init(row: RowReader) throws(RowFault) {
        self.init(
            sequence: try row.integer("sequence"), previousHash: try row.blob("previous_hash", count: 32),
            timeMilliseconds: try row.integer("time_ms"), accountID: try row.optionalID("account_id"),
            actor: try row.text("actor", limit: Self.textLimit), action: try row.text("action", limit: Self.textLimit),
            subject: try row.text("subject", limit: Self.textLimit), outcome: try row.text("outcome", limit: Self.textLimit),
            requestID: try row.text("request_id", limit: Self.textLimit), hash: try row.blob("hash", count: 32))
    }

    func columns() throws(StoreError) -> Columns {
        [
            ("sequence", try ColumnValue.integer(sequence, "sequence")),
            ("previous_hash", try ColumnValue.blob(previousHash, count: 32, "previous hash")),
            ("time_ms", try ColumnValue.integer(timeMilliseconds, "time")),
            ("account_id", accountID?.column),
            ("actor", try ColumnValue.text(actor, limit: Self.textLimit, "actor")),
            ("action", try ColumnValue.text(action, limit: Self.textLimit, "action")),
            ("subject", try ColumnValue.text(subject, limit: Self.textLimit, "subject")),
            ("outcome", try ColumnValue.text(outcome, limit: Self.textLimit, "outcome")),
            ("request_id", try ColumnValue.text(requestID, limit: Self.textLimit, "request id")),
            ("hash", try ColumnValue.blob(hash, count: 32, "hash")),
        ]
    }
}
