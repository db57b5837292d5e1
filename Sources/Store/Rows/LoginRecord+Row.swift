import GRDB
import Model

extension LoginRecord: StoredRow {
    static let table = "logins"
    static let identity = ["token_digest"]

    init(row: RowReader) throws(RowFault) {
        self.init(
            tokenDigest: try row.blob("token_digest", count: 32), accountID: try row.id("account_id"), slotID: try row.id("slot_id"),
            expiresAt: try row.integer("expires_at"))
    }

    func columns() throws(StoreError) -> Columns {
        [
            ("token_digest", try ColumnValue.blob(tokenDigest, count: 32, "token digest")),
            ("account_id", accountID.column),
            ("slot_id", slotID.column),
            ("expires_at", try ColumnValue.integer(expiresAt, "expiry")),
        ]
    }
}

extension InvitationRecord: StoredRow {
    static let table = "invitations"
    static let identity = ["token_digest"]

    init(row: RowReader) throws(RowFault) {
        self.init(tokenDigest: try row.blob("token_digest", count: 32), expiresAt: try row.integer("expires_at"))
    }

    func columns() throws(StoreError) -> Columns {
        [
            ("token_digest", try ColumnValue.blob(tokenDigest, count: 32, "token digest")),
            ("expires_at", try ColumnValue.integer(expiresAt, "expiry")),
        ]
    }
}
