package import Envelope
package import Model
package import SecretMemory

/// A key that is to get a new value, and everybody its DEK is then sealed to: all of it checked against the pinned identity, because the
/// broker that named them may not be ours.
package struct RotationTarget: Sendable {
    /// As the broker describes it; destination, injection and alias are what its versions' signatures cover.
    package let key: KeyMessages.Key
    /// The account's revision all this was read at.
    package let revision: UInt64
    package let accountKey: VerifiedAccountKey
    /// Of the version to be made: the highest number so far plus 1.
    package let context: KeyContext
    /// Live sessions that name the key.
    package let sessions: [VerifiedSession]
    /// Where no version carries the identity's signature, so that nobody but a writer vouches for the destination: that writer's key.
    package let unconfirmedWriter: Blob?

    /// Checks an answer of `GET /v1/keys/{alias}/recipients`.
    /// - Parameters:
    ///   - identity: the pinned one.
    ///   - minimumEpoch: the highest account key epoch seen so far.
    ///   - now: seconds since 1970; certificates that have expired get nothing.
    /// - Throws: `.unusableAnswer` for a key that was not asked for; `.untrusted` for anything that does not verify: the account key, one
    ///   version of the key, a writer's certificate, a session's certificate.
    package init(
        _ answer: RotationMessages.Recipients, of alias: Alias, identity: AccountIdentity, minimumEpoch: UInt32, now: UInt64
    ) throws(ClientError) {
        let key = answer.key
        guard key.alias == alias else { throw .unusableAnswer("the broker gave a key that was not asked for") }
        guard answer.account.accountID == identity.accountID else { throw .untrusted(.accountMismatch, what: "the account") }
        do {
            accountKey = try VerifiedAccountKey(
                verifying: answer.account.accountKey, identity: identity, minimumEpoch: minimumEpoch)
        } catch {
            throw .untrusted(error, what: "the account key")
        }
        let signers = try VerifiedSigners(of: key, writers: answer.writers, identity: identity)
        do throws(EnvelopeError) {
            let (next, overflow) = signers.highest.addingReportingOverflow(1)
            guard !overflow else { throw EnvelopeError.malformed("version number") }
            context = try KeyContext(key: key, accountID: identity.accountID, version: next)
            sessions = try SessionRecipients.verify(answer.sessions, naming: key.keyID, identity: identity, now: now)
        } catch {
            throw .untrusted(error, what: "a session of key \(alias)")
        }
        unconfirmedWriter = signers.unconfirmedWriter
        self.key = key
        revision = answer.revision
    }

    /// The version calls use; `nil` where there is none.
    package var active: KeyMessages.Version? { key.versions.first { $0.state == .active } }

    /// Versions stored and not in use for longer than any probe takes: what one left that was cut off, or what was rolled back.
    package func abandoned(now: UInt64) -> [UInt32] { Self.abandoned(key.versions, now: now) }

    private static func abandoned(_ versions: [KeyMessages.Version], now: UInt64) -> [UInt32] {
        versions.filter { $0.state == .pending && now > $0.createdAt && now - $0.createdAt > 300 }.map(\.version)
    }

    /// Most versions that are not retired a broker lets a key have.
    private static let maximumOpenVersions = 8

    /// What is retired before a key that has as many versions as it may gets a further one, so that no rotation is refused for those before
    /// it: what is needed least. The oldest that was abandoned, then the oldest in grace, then one that is perhaps being probed.
    static func superfluous(_ versions: [KeyMessages.Version], now: UInt64) -> [UInt32] {
        let open = versions.filter { $0.state != .retired }.sorted { $0.version < $1.version }
        let abandoned = abandoned(open, now: now)
        let grace = open.filter { $0.state == .grace }.map(\.version)
        let young = open.filter { $0.state == .pending && !abandoned.contains($0.version) }.map(\.version)
        return Array((abandoned + grace + young).prefix(max(0, open.count + 1 - maximumOpenVersions)))
    }

    /// A new value, signed by the identity key.
    /// - Parameters:
    ///   - value: 1 to 16 384 bytes; borrowed, the caller's to wipe.
    ///   - activate: use it at once; otherwise it stays pending.
    package func message(
        _ value: borrowing SecretBytes, activate: Bool, graceSeconds: UInt64, now: UInt64, signedBy keys: borrowing AccountKeys
    ) throws(ClientError) -> RotationMessages.AddVersion {
        do throws(EnvelopeError) {
            let dek = DEK()
            let version = try value.withBytes { (bytes) throws(EnvelopeError) in
                try KeyVersionMaker.make(
                    value: bytes, context: context, dek: dek, accountKey: accountKey, signedBy: keys, revision: revision, signedAt: now)
            }
            return try message(version, sealedUnder: dek, activate: activate, graceSeconds: graceSeconds)
        } catch {
            throw .untrusted(error, what: "key \(key.alias)")
        }
    }

    /// The same, signed by an access file's writer key.
    package func message(
        _ value: borrowing SecretBytes, activate: Bool, graceSeconds: UInt64, now: UInt64, signedBy file: borrowing AccessFile
    ) throws(ClientError) -> RotationMessages.AddVersion {
        do throws(EnvelopeError) {
            let dek = DEK()
            let version = try value.withBytes { (bytes) throws(EnvelopeError) in
                try KeyVersionMaker.make(
                    value: bytes, context: context, dek: dek, accountKey: accountKey, signedBy: file, signedAt: now)
            }
            return try message(version, sealedUnder: dek, activate: activate, graceSeconds: graceSeconds)
        } catch {
            throw .untrusted(error, what: "key \(key.alias)")
        }
    }

    private func message(
        _ version: KeyMessages.NewVersion, sealedUnder dek: borrowing DEK, activate: Bool, graceSeconds: UInt64
    ) throws(EnvelopeError) -> RotationMessages.AddVersion {
        var seals: [RotationMessages.SessionSeal] = []
        for session in sessions {
            seals.append(
                RotationMessages.SessionSeal(
                    sessionID: session.certificate.sessionID, seal: try dek.seal(to: session, context: context)))
        }
        return RotationMessages.AddVersion(
            keyID: key.keyID, revision: revision, version: version, sessionSeals: seals, activate: activate, graceSeconds: graceSeconds)
    }
}
