import GRDB
import Model

extension KeyVersionRecord: StoredRow {
    static let table = "key_versions"
    static let identity = ["key_id", "version"]

    /// nonce ‖ a key of 1 to 16 384 bytes ‖ tag.
    static let ciphertextRange = 29...16_412

    init(row: RowReader) throws(RowFault) {
        guard let state = KeyVersionState(rawValue: try row.text("state", limit: 16)) else { throw RowFault("state") }
        let ciphertext = try row.blob("ciphertext", 0...Self.ciphertextRange.upperBound)
        guard state == .retired ? ciphertext.bytes.isEmpty : Self.ciphertextRange.contains(ciphertext.bytes.count) else {
            throw RowFault("ciphertext")
        }
        guard let signerKind = Signer.Kind(rawValue: try row.integer("signer_kind")) else { throw RowFault("signer_kind") }
        let version: UInt32 = try row.integer("version")
        guard version >= 1 else { throw RowFault("version") }
        let graceUntil: UInt64? = try row.optionalInteger("grace_until")
        guard (state == .grace) == (graceUntil != nil) else { throw RowFault("grace_until") }
        self.init(
            keyID: try row.id("key_id"), version: version, state: state, ciphertext: ciphertext,
            ciphertextDigest: try row.blob("ciphertext_digest", count: 32), dekCommitment: try row.blob("dek_commitment", count: 32),
            signer: Signer(kind: signerKind, publicKey: try row.blob("signer_public_key", count: 32)),
            signature: try row.blob("signature", count: 64), signedAt: try row.integer("signed_at"),
            signedRevision: try row.integer("signed_revision"), createdAt: try row.integer("created_at"),
            graceUntil: graceUntil)
    }

    func columns() throws(StoreError) -> Columns {
        guard version >= 1, state == .pending || state == .active, graceUntil == nil else {
            throw StoreError.invalid("a new version counts from 1 and is pending or active")
        }
        return [
            ("key_id", keyID.column),
            ("version", Int64(version)),
            ("state", state.rawValue),
            ("ciphertext", try ColumnValue.blob(ciphertext, Self.ciphertextRange, "ciphertext")),
            ("ciphertext_digest", try ColumnValue.blob(ciphertextDigest, count: 32, "ciphertext digest")),
            ("dek_commitment", try ColumnValue.blob(dekCommitment, count: 32, "commitment")),
            ("signer_kind", Int64(signer.kind.rawValue)),
            ("signer_public_key", try ColumnValue.blob(signer.publicKey, count: 32, "signer's public key")),
            ("signature", try ColumnValue.blob(signature, count: 64, "signature")),
            ("signed_at", try ColumnValue.integer(signedAt, "signing time")),
            ("signed_revision", try ColumnValue.integer(signedRevision, "signed revision")),
            ("created_at", try ColumnValue.integer(createdAt, "creation time")),
        ]
    }
}
