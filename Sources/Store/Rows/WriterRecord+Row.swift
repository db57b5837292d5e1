import GRDB
import Model

extension WriterRecord: StoredRow {
    static let table = "writers"
    static let identity = ["id"]

    init(row: RowReader) throws(RowFault) {
        let rights = try row.lines("rights").map { AccessRight(rawValue: $0) }
        let aliases = try row.lines("aliases").map { Alias($0) }
        guard !rights.isEmpty, Self.ascends(rights) else { throw RowFault("rights") }
        guard Self.ascends(aliases) else { throw RowFault("aliases") }
        let name = try row.text("name", limit: 64)
        guard !name.isEmpty else { throw RowFault("name") }
        self.init(
            id: try row.id("id"), accountID: try row.id("account_id"), name: name, publicKey: try row.blob("public_key", count: 32),
            rights: rights.compactMap { $0 }, aliases: aliases.compactMap { $0 }, notBefore: try row.integer("not_before"),
            expiresAt: try row.integer("expires_at"), accountRevision: try row.integer("account_revision"),
            signature: try row.blob("signature", count: 64), tokenDigest: try row.blob("token_digest", count: 32),
            createdAt: try row.integer("created_at"), revokedAt: try row.optionalInteger("revoked_at"))
    }

    func columns() throws(StoreError) -> Columns {
        guard !rights.isEmpty, Self.ascends(rights), Self.ascends(aliases), !name.isEmpty, notBefore < expiresAt else {
            throw StoreError.invalid("a writer has a name, rights and a validity, and its lists ascend")
        }
        return [
            ("id", id.column),
            ("account_id", accountID.column),
            ("name", try ColumnValue.text(name, limit: 64, "name")),
            ("public_key", try ColumnValue.blob(publicKey, count: 32, "writer public key")),
            ("rights", try ColumnValue.lines(rights.map(\.rawValue), "rights")),
            ("aliases", try ColumnValue.lines(aliases.map(\.text), "aliases")),
            ("not_before", try ColumnValue.integer(notBefore, "start of the validity")),
            ("expires_at", try ColumnValue.integer(expiresAt, "expiry")),
            ("account_revision", try ColumnValue.integer(accountRevision, "account revision")),
            ("signature", try ColumnValue.blob(signature, count: 64, "signature")),
            ("token_digest", try ColumnValue.blob(tokenDigest, count: 32, "token digest")),
            ("created_at", try ColumnValue.integer(createdAt, "creation time")),
            ("revoked_at", try ColumnValue.optionalInteger(revokedAt, "revocation time")),
        ]
    }

    /// Whether each item is there and comes before the next.
    private static func ascends<T: Comparable>(_ items: [T?]) -> Bool {
        zip(items, items.dropFirst()).allSatisfy { a, b in
            guard let a, let b else { return false }
            return a < b
        } && items.allSatisfy { $0 != nil }
    }
}
