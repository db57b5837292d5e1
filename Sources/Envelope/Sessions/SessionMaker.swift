package import Model
package import SecretMemory

/// A new session: what the broker gets and what only the user gets.
package struct MadeSession: ~Copyable, Sendable {
    /// Certificate parts, signature and entries; not secret.
    package let message: SessionMessages.Create
    /// The session token, 68 ASCII characters.
    package let token: SecretBytes

    init(message: SessionMessages.Create, token: consuming SecretBytes) {
        self.message = message
        self.token = token
    }

    /// Gives up the token.
    package consuming func takeToken() -> SecretBytes { token }
}

/// Unlocking as a pure function: on the client, and in assisted unlock.
package enum SessionMaker {
    /// Opens the DEKs of `versions` one at a time, encrypts each for a new session, and signs the session's certificate.
    /// - Parameters:
    ///   - versions: all from ``KeyVerifier``; every version of every key the session is to name.
    ///   - label: for display; not authenticated.
    ///   - lifetimeSeconds: up to the policy kind's maximum.
    ///   - accountRevision: the revision the keys were listed at.
    /// - Throws: `.sessionRefused` for no or too many keys, a key version twice or a lifetime out of bounds; `.authenticationFailed` or
    ///   `.commitmentMismatch` for a seal that does not open; `.accountMismatch`, `.malformed`.
    package static func make(
        keys: borrowing AccountKeys, versions: [SealedVersion], policy: SessionPolicy, label: String, issuedAt: UInt64,
        lifetimeSeconds: UInt64, accountRevision: UInt64
    ) throws(EnvelopeError) -> MadeSession {
        try make(
            keys: keys, versions: versions, policy: policy, label: label, issuedAt: issuedAt, lifetimeSeconds: lifetimeSeconds,
            accountRevision: accountRevision, secret: SessionSecret.make(accountID: keys.accountID))
    }

    static func make(
        keys: borrowing AccountKeys, versions: [SealedVersion], policy: SessionPolicy, label: String, issuedAt: UInt64,
        lifetimeSeconds: UInt64, accountRevision: UInt64, secret: consuming SessionSecret
    ) throws(EnvelopeError) -> MadeSession {
        let (expiresAt, overflow) = issuedAt.addingReportingOverflow(lifetimeSeconds)
        guard !overflow else { throw .sessionRefused("lifetime") }
        let contexts = versions.map(\.verified.context)
        guard Set(contexts.map { [$0.keyID.bytes, bigEndianBytes($0.version)] }).count == contexts.count else {
            throw .sessionRefused("a key version twice")
        }
        let certificate = try SessionCertificate(
            accountID: keys.accountID, publicKey: secret.publicKey, verifierDigest: secret.verifierDigest,
            keyIDs: Set(contexts.map(\.keyID)).sorted(), issuedAt: issuedAt, expiresAt: expiresAt, policy: policy,
            accountRevision: accountRevision)
        let signature = try certificate.sign(with: keys)
        let session = try VerifiedSession(verified: certificate)
        var entries: [SessionMessages.Entry] = []
        for version in versions {
            let context = version.verified.context
            let dek = try version.openDEK(with: keys)
            let entry = try secret.encryptEntry(dek, context: session.entryContext(for: context))
            entries.append(SessionMessages.Entry(keyID: context.keyID, version: context.version, entry: entry))
        }
        let message = SessionMessages.Create(
            sessionID: certificate.sessionID, label: label, publicKey: certificate.publicKey,
            verifierDigest: certificate.verifierDigest, keyIDs: certificate.keyIDs, issuedAt: issuedAt, expiresAt: expiresAt,
            policy: certificate.policy, accountRevision: accountRevision, signature: signature, entries: entries)
        return MadeSession(message: message, token: try secret.token())
    }
}
