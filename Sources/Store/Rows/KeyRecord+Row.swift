import GRDB
import Model

extension KeyRecord: StoredRow {
    static let table = "keys"
    static let identity = ["id"]

    init(row: RowReader) throws(RowFault) {
        guard let alias = Alias(try row.text("alias", limit: 32)) else { throw RowFault("alias") }
        self.init(
            id: try row.id("id"), accountID: try row.id("account_id"), alias: alias, provider: try row.text("provider", limit: 64),
            destination: try Destination(row: row), injection: try Injection(row: row), createdAt: try row.integer("created_at"),
            revokedAt: try row.optionalInteger("revoked_at"))
    }

    func columns() throws(StoreError) -> Columns {
        [
            ("id", id.column),
            ("account_id", accountID.column),
            ("alias", alias.text),
            ("provider", try ColumnValue.text(provider, limit: 64, "provider")),
            ("created_at", try ColumnValue.integer(createdAt, "creation time")),
            ("revoked_at", try ColumnValue.optionalInteger(revokedAt, "revocation time")),
        ] + (try destination.columns()) + (try injection.columns())
    }
}
