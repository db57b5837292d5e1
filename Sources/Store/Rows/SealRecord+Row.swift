import GRDB
import Model

extension SealRecord: StoredRow {
    static let table = "seals"
    static let identity = ["key_id", "version", "recipient_kind", "recipient_id"]

    init(row: RowReader) throws(RowFault) {
        guard let kind = RecipientKind(rawValue: try row.integer("recipient_kind")) else { throw RowFault("recipient_kind") }
        self.init(
            keyID: try row.id("key_id"), version: try row.integer("version"), recipientKind: kind,
            recipientID: try row.blob("recipient_id", count: 16), recipientPublicKey: try row.blob("recipient_public_key", count: 32),
            wrappedSeal: try row.blob("wrapped_seal", WrapLimits.range))
    }

    func columns() throws(StoreError) -> Columns {
        [
            ("key_id", keyID.column),
            ("version", Int64(version)),
            ("recipient_kind", Int64(recipientKind.rawValue)),
            ("recipient_id", try ColumnValue.blob(recipientID, count: 16, "recipient id")),
            ("recipient_public_key", try ColumnValue.blob(recipientPublicKey, count: 32, "recipient public key")),
            ("wrapped_seal", try ColumnValue.blob(wrappedSeal, WrapLimits.range, "wrapped seal")),
        ]
    }
}
