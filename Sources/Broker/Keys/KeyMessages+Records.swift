import Model

extension KeyMessages.Version {
    /// - Parameter accountSeal: with the KEK's wrap taken off; only for an unlock.
    init(_ record: KeyVersionRecord, accountSeal: Blob? = nil) {
        self.init(
            version: record.version, state: record.state, ciphertextDigest: record.ciphertextDigest, dekCommitment: record.dekCommitment,
            signer: record.signer, signature: record.signature, signedAt: record.signedAt, signedRevision: record.signedRevision,
            createdAt: record.createdAt, graceUntil: record.graceUntil, accountSeal: accountSeal)
    }
}

extension KeyMessages.Key {
    init(_ record: KeyRecord, versions: [KeyMessages.Version]) {
        self.init(
            keyID: record.id, alias: record.alias, provider: record.provider, destination: record.destination,
            injection: record.injection, createdAt: record.createdAt, revokedAt: record.revokedAt, versions: versions)
    }
}
