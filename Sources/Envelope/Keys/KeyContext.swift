package import Model
package import Primitives

/// What a key version is: everything its ciphertext, seals, entries and signature are bound to (FORMAT section 7, the key fields).
/// Rebuilt from the stored row at use, so that an altered row opens nothing.
package struct KeyContext: Hashable, Sendable {
    package let accountID: AccountID
    package let keyID: KeyID
    /// From 1.
    package let version: UInt32
    package let alias: Alias
    package let destination: Destination
    package let injection: Injection

    /// AAD of the key ciphertext: `tacit/key-ciphertext/v1`.
    package let ciphertext: ContextBytes
    /// `info` of the DEK commitment: `tacit/dek-commitment/v1`.
    package let commitment: ContextBytes

    private let fields: [ContextField]

    /// - Throws: `.malformed` for version 0 or an injection that is not valid; `.tooLarge` for a destination above 8 192 bytes.
    package init(
        accountID: AccountID, keyID: KeyID, version: UInt32, alias: Alias, destination: Destination, injection: Injection
    ) throws(EnvelopeError) {
        fields = [
            ContextField(.accountID, accountID), ContextField(.keyID, keyID), ContextField(.keyVersion, version),
            ContextField(.alias, text: alias.text), ContextField(.destination, try DestinationCoding.encode(destination)),
            ContextField(.injection, try InjectionCoding.encode(injection)),
        ]
        ciphertext = try ContextBytes(.keyCiphertext, fields)
        commitment = try ContextBytes(.dekCommitment, fields)
        self.accountID = accountID
        self.keyID = keyID
        self.version = version
        self.alias = alias
        self.destination = destination
        self.injection = injection
    }

    /// The context of one version of a stored key.
    /// - Throws: as the other initializer.
    package init(key: KeyRecord, version: UInt32) throws(EnvelopeError) {
        try self.init(
            accountID: key.accountID, keyID: key.id, version: version, alias: key.alias, destination: key.destination,
            injection: key.injection)
    }

    /// The context of one version of a key as a server tells it.
    /// - Throws: as the other initializer.
    package init(key: KeyMessages.Key, accountID: AccountID, version: UInt32) throws(EnvelopeError) {
        try self.init(
            accountID: accountID, keyID: key.keyID, version: version, alias: key.alias, destination: key.destination,
            injection: key.injection)
    }

    /// Of a seal of the DEK and of its KEK wrap: `tacit/dek-seal/v1`.
    /// - Throws: `.malformed` for an id that is not 16 or a key that is not 32 bytes.
    package func dekSeal(
        recipientKind: RecipientKind, recipientID: Blob, recipientPublicKey: Blob
    ) throws(EnvelopeError) -> ContextBytes {
        try ContextBytes(
            .dekSeal,
            fields + [
                ContextField(.recipientKind, recipientKind.rawValue), ContextField(.recipientID, recipientID),
                ContextField(.recipientPublicKey, recipientPublicKey),
            ])
    }

    /// Of a DEK seal to the account itself.
    package func accountSeal(publicKey: X25519PublicKey) throws(EnvelopeError) -> ContextBytes {
        try dekSeal(recipientKind: .account, recipientID: Blob(accountID.bytes), recipientPublicKey: Blob(publicKey.bytes))
    }

    /// Of a DEK seal to a live session.
    package func sessionSeal(sessionID: SessionID, publicKey: X25519PublicKey) throws(EnvelopeError) -> ContextBytes {
        try dekSeal(recipientKind: .session, recipientID: Blob(sessionID.bytes), recipientPublicKey: Blob(publicKey.bytes))
    }

    /// Of a session's entry and of its KEK wrap: `tacit/session-entry/v1`.
    /// - Throws: `.malformed` for a digest that is not 32 bytes.
    package func sessionEntry(sessionID: SessionID, expiresAt: UInt64, policyDigest: Blob) throws(EnvelopeError) -> ContextBytes {
        try ContextBytes(
            .sessionEntry,
            fields + [
                ContextField(.sessionID, sessionID), ContextField(.expiresAt, expiresAt), ContextField(.policyDigest, policyDigest),
            ])
    }

    /// How that context begins, the same for every session: all but the ``SessionEntryContextEnd``.
    /// - Throws: `.tooLarge`.
    package func sessionEntryStart() throws(EnvelopeError) -> [UInt8] {
        guard let nobody = SessionID(bytes: [UInt8](repeating: 0, count: 16)) else { throw .malformed("session id") }
        let digest = Blob([UInt8](repeating: 0, count: 32))
        let whole = try sessionEntry(sessionID: nobody, expiresAt: 0, policyDigest: digest)
        return Array(whole.bytes.dropLast(SessionEntryContextEnd.count))
    }

    /// What the version's signature covers: `tacit/key-version/v1`.
    /// - Parameter revision: the account revision the signer saw; 0 where a writer key signs.
    /// - Throws: `.malformed` for digests or a key that are not 32 bytes.
    package func versionSignature(
        revision: UInt64, ciphertextDigest: Blob, commitment: Blob, signedAt: UInt64, signer: Signer
    ) throws(EnvelopeError) -> ContextBytes {
        try ContextBytes(
            .keyVersion,
            fields + [
                ContextField(.accountRevision, revision), ContextField(.ciphertextDigest, ciphertextDigest),
                ContextField(.dekCommitment, commitment), ContextField(.signedAt, signedAt),
                ContextField(.signer, [signer.kind.rawValue] + signer.publicKey.bytes),
            ])
    }
}
