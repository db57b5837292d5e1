package import Model

/// What the identity key signs about a session (`tacit/session/v1`). A value exists only for a session that keeps the rules; believed
/// only after `verify`.
package struct SessionCertificate: Hashable, Sendable {
    /// Most keys one session may name.
    package static let maximumKeyCount = 256

    package let accountID: AccountID
    /// Derived from account id and public key.
    package let sessionID: SessionID
    /// X25519, 32 bytes.
    package let publicKey: Blob
    /// SHA-256 of the verifier, 32 bytes.
    package let verifierDigest: Blob
    /// Ascending, 1 to 256.
    package let keyIDs: [KeyID]
    package let issuedAt: UInt64
    package let expiresAt: UInt64
    /// Canonical.
    package let policy: SessionPolicy
    /// SHA-256 of the policy's canonical bytes, 32 bytes.
    package let policyDigest: Blob
    /// The account revision the signer saw.
    package let accountRevision: UInt64
    /// The signed bytes.
    package let context: ContextBytes

    /// - Throws: `.sessionRefused` for key ids that are none, too many, or not ascending without duplicates, or for an expiry that is not
    ///   after the issue or beyond what the policy's kind allows; `.malformed` for an invalid policy or sizes that do not fit.
    package init(
        accountID: AccountID, publicKey: Blob, verifierDigest: Blob, keyIDs: [KeyID], issuedAt: UInt64, expiresAt: UInt64,
        policy: SessionPolicy, accountRevision: UInt64
    ) throws(EnvelopeError) {
        guard (1...Self.maximumKeyCount).contains(keyIDs.count), zip(keyIDs, keyIDs.dropFirst()).allSatisfy({ $0 < $1 }) else {
            throw .sessionRefused("key ids")
        }
        let policy = try PolicyCoding.canonical(policy)
        guard expiresAt > issuedAt, expiresAt - issuedAt <= policy.maximumLifetimeSeconds else { throw .sessionRefused("lifetime") }
        self.accountID = accountID
        sessionID = try SessionID.derive(accountID: accountID, publicKey: publicKey)
        self.publicKey = publicKey
        self.verifierDigest = verifierDigest
        self.keyIDs = keyIDs
        self.issuedAt = issuedAt
        self.expiresAt = expiresAt
        self.policy = policy
        policyDigest = try PolicyCoding.digest(policy)
        self.accountRevision = accountRevision
        context = try ContextBytes(
            .session,
            [
                ContextField(.accountID, accountID), ContextField(.sessionID, sessionID),
                ContextField(.sessionKind, policy.kind.rawValue), ContextField(.sessionPublicKey, publicKey),
                ContextField(.verifierDigest, verifierDigest), ContextField(.keyIDs, keyIDs.flatMap(\.bytes)),
                ContextField(.issuedAt, issuedAt), ContextField(.expiresAt, expiresAt), ContextField(.policyDigest, policyDigest),
                ContextField(.accountRevision, accountRevision),
            ])
    }

    /// The certificate in a client's message.
    /// - Throws: `.sessionRefused` also for an id that does not follow from account and key.
    package init(accountID: AccountID, message: SessionMessages.Create) throws(EnvelopeError) {
        try self.init(
            accountID: accountID, publicKey: message.publicKey, verifierDigest: message.verifierDigest, keyIDs: message.keyIDs,
            issuedAt: message.issuedAt, expiresAt: message.expiresAt, policy: message.policy, accountRevision: message.accountRevision)
        guard sessionID == message.sessionID else { throw .sessionRefused("session id") }
    }

    /// A live session's certificate, as a server lists the recipients of a rotation.
    /// - Throws: `.sessionRefused` also for an id that does not follow from account and key.
    package init(accountID: AccountID, listed: RotationMessages.Certificate) throws(EnvelopeError) {
        try self.init(
            accountID: accountID, publicKey: listed.publicKey, verifierDigest: listed.verifierDigest, keyIDs: listed.keyIDs,
            issuedAt: listed.issuedAt, expiresAt: listed.expiresAt, policy: listed.policy, accountRevision: listed.accountRevision)
        guard sessionID == listed.sessionID else { throw .sessionRefused("session id") }
    }

    /// The certificate of a stored session.
    /// - Throws: `.sessionRefused` also for an id that does not follow from account and key, or a kind that is not the policy's.
    package init(record: SessionRecord) throws(EnvelopeError) {
        try self.init(
            accountID: record.accountID, publicKey: record.publicKey, verifierDigest: record.verifierDigest, keyIDs: record.keyIDs,
            issuedAt: record.issuedAt, expiresAt: record.expiresAt, policy: record.policy, accountRevision: record.accountRevision)
        guard sessionID == record.id, record.kind == policy.kind else { throw .sessionRefused("session id") }
    }

    /// Signs the certificate.
    /// - Throws: `.accountMismatch` for another account's keys.
    package func sign(with keys: borrowing AccountKeys) throws(EnvelopeError) -> Blob {
        guard keys.accountID == accountID else { throw .accountMismatch }
        return keys.identity.sign(context)
    }

    /// Checks the signature against the pinned identity. Time, revocation and whose keys the ids are is the caller's to check.
    /// - Throws: `.accountMismatch`, `.signatureInvalid`; `.malformed` for a session key of small order.
    package func verify(signature: Blob, identity: AccountIdentity) throws(EnvelopeError) -> VerifiedSession {
        guard accountID == identity.accountID else { throw .accountMismatch }
        try identity.publicKey.requireSignature(signature, over: context)
        return try VerifiedSession(verified: self)
    }
}
