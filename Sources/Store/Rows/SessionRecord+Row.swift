import GRDB
import Model

extension SessionRecord: StoredRow {
    static let table = "sessions"
    static let identity = ["id"]

    init(row: RowReader) throws(RowFault) {
        let policy = try SessionPolicy(row: row)
        let joined = try row.blob("key_ids", 16...(256 * 16)).bytes
        var keyIDs: [KeyID] = []
        for start in stride(from: 0, to: joined.count, by: 16) {
            guard let id = KeyID(bytes: Array(joined[start...].prefix(16))) else { throw RowFault("key_ids") }
            if let last = keyIDs.last, last >= id { throw RowFault("key_ids") }
            keyIDs.append(id)
        }
        self.init(
            id: try row.id("id"), accountID: try row.id("account_id"), kind: policy.kind, label: try row.text("label", limit: 256),
            publicKey: try row.blob("public_key", count: 32), verifierDigest: try row.blob("verifier_digest", count: 32), keyIDs: keyIDs,
            issuedAt: try row.integer("issued_at"), expiresAt: try row.integer("expires_at"), policy: policy,
            accountRevision: try row.integer("account_revision"), signature: try row.blob("signature", count: 64),
            revokedAt: try row.optionalInteger("revoked_at"))
    }

    func columns() throws(StoreError) -> Columns {
        guard kind == policy.kind else { throw StoreError.invalid("a session's kind is its policy's") }
        guard (1...256).contains(keyIDs.count), zip(keyIDs, keyIDs.dropFirst()).allSatisfy({ $0 < $1 }) else {
            throw StoreError.invalid("a session names 1 to 256 keys, ascending and each once")
        }
        return [
            ("id", id.column),
            ("account_id", accountID.column),
            ("label", try ColumnValue.text(label, limit: 256, "label")),
            ("public_key", try ColumnValue.blob(publicKey, count: 32, "session public key")),
            ("verifier_digest", try ColumnValue.blob(verifierDigest, count: 32, "verifier digest")),
            ("key_ids", Blob(keyIDs.flatMap(\.bytes)).column),
            ("issued_at", try ColumnValue.integer(issuedAt, "issue time")),
            ("expires_at", try ColumnValue.integer(expiresAt, "expiry")),
            ("account_revision", try ColumnValue.integer(accountRevision, "account revision")),
            ("signature", try ColumnValue.blob(signature, count: 64, "signature")),
            ("revoked_at", try ColumnValue.optionalInteger(revokedAt, "revocation time")),
        ] + (try policy.columns())
    }
}
