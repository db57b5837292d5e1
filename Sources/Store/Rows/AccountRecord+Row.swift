import GRDB
import Model

extension AccountRecord: StoredRow {
    static let table = "accounts"
    static let identity = ["id"]

    init(row: RowReader) throws(RowFault) {
        guard let name = AccountName(try row.text("name", limit: 64)) else { throw RowFault("name") }
        self.init(
            id: try row.id("id"), name: name, identityPublicKey: try row.blob("identity_public_key", count: 32),
            accountKeyEpoch: try row.integer("account_key_epoch"), accountPublicKey: try row.blob("account_public_key", count: 32),
            accountKeySignature: try row.blob("account_key_signature", count: 64),
            slotListRevision: try row.integer("slot_list_revision"), slotListSignature: try row.blob("slot_list_signature", count: 64),
            revision: try row.integer("revision"), createdAt: try row.integer("created_at"),
            endedAt: try row.optionalInteger("ended_at"))
    }

    func columns() throws(StoreError) -> Columns {
        [
            ("id", id.column),
            ("name", name.text),
            ("identity_public_key", try ColumnValue.blob(identityPublicKey, count: 32, "identity public key")),
            ("account_key_epoch", Int64(accountKeyEpoch)),
            ("account_public_key", try ColumnValue.blob(accountPublicKey, count: 32, "account public key")),
            ("account_key_signature", try ColumnValue.blob(accountKeySignature, count: 64, "account key signature")),
            ("slot_list_revision", try ColumnValue.integer(slotListRevision, "slot list revision")),
            ("slot_list_signature", try ColumnValue.blob(slotListSignature, count: 64, "slot list signature")),
            ("revision", try ColumnValue.integer(revision, "revision")),
            ("created_at", try ColumnValue.integer(createdAt, "creation time")),
            ("ended_at", try ColumnValue.optionalInteger(endedAt, "end")),
        ]
    }
}
