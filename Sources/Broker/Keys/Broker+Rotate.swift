import Custody
import Envelope
package import Model
import Store

extension Broker {
    /// Most versions of a key that are not retired: a session holds an entry for each.
    static let maximumOpenVersions = 8
    /// Longest grace of a replaced version, in seconds.
    static let maximumGraceSeconds: UInt64 = 90 * 86_400

    /// Everybody a new version's DEK is sealed to, as of one revision (`list_recipients`; owner, access files with `rotate`).
    /// - Throws: `.aliasUnknown`, `.keyRevoked`, `.forbidden`.
    package func listRecipients(_ alias: Alias, call: Call) async throws(BrokerError) -> RotationMessages.Recipients {
        try await audited(.listRecipients, call) { (facts) async throws(BrokerError) in
            facts.subject = alias.text
            let id = try await acting(call, needs: .rotate, on: alias).accountID
            let key = try await keyFacts(alias, of: id)
            let slots = try await stored { () async throws(StoreError) in try await store.slots(of: id) }
            return RotationMessages.Recipients(
                revision: key.account.revision, account: AccountMessages.Account(key.account, slots: slots),
                key: KeyMessages.Key(key.key.record, versions: key.key.shownVersions.map { KeyMessages.Version($0) }),
                writers: key.trust.certificates(of: key.key.shownVersions) ?? [],
                sessions: key.sessions.map { RotationMessages.Certificate($0) })
        }
    }

    /// Stores a further value of a key, pending or active at once (`rotate_key`; owner, access files with `rotate`).
    ///
    /// The version's signature covers alias, destination and injection as they are stored, so a writer cannot change them. It commits on
    /// the revision its recipients were read at, as sessions do: none that is live then misses it.
    /// - Throws: `.revisionConflict`, `.malformed` for another number than the next one or seals for other sessions, `.signatureInvalid`,
    ///   `.forbidden` for a signer that may not, `.aliasUnknown`, `.keyRevoked`, `.kekUnreachable`.
    package func rotateKey(
        _ message: RotationMessages.AddVersion, alias: Alias, call: Call
    ) async throws(BrokerError) -> KeyMessages.List {
        try await audited(.rotateKey, call) { (facts) async throws(BrokerError) in
            facts.subject = "\(alias)@\(message.version.version)"
            let acting = try await acting(call, needs: .rotate, on: alias)
            let key = try await keyFacts(alias, of: acting.accountID)
            let now = clock()
            try check(message, of: key, acting: acting, now: now)
            let seals = try Self.seals(message, of: key)
            let items = seals.map { WrapItem(plaintext: $0.seal, context: $0.context) }
            let state: KeyVersionState = message.activate ? .active : .pending
            let version = KeyVersionRecord(message.version, keyID: key.key.record.id, state: state, createdAt: now)
            let graceUntil = message.activate && message.graceSeconds > 0 ? now + message.graceSeconds : nil
            let wraps = try await retryingKEK { () async throws(BrokerError) in
                let (wraps, kekEpoch) = try await wrapped(items, row: "seals")
                let records = zip(seals, wraps).map { $0.record(wrapped: $1) }
                _ = try await stored { () async throws(StoreError) in
                    try await store.insertVersion(
                        version, of: key.account.id, seals: records, excused: key.damagedSessions, graceUntil: graceUntil,
                        kekEpoch: kekEpoch, expectedRevision: message.revision, now: now)
                }
                return wraps
            }
            var fresh = EntryCache()
            for (seal, wrap) in zip(seals, wraps) {
                guard let place = seal.cacheKey else { continue }
                fresh.keep(place, wrapped: wrap, opened: seal.seal)
            }
            remember(fresh, of: key.account.id)
            await reload(key.account.id)
            return try await keyFacts(alias, of: key.account.id).list
        }
    }

    private func check(
        _ message: RotationMessages.AddVersion, of key: KeyFacts, acting: Acting, now: UInt64
    ) throws(BrokerError) {
        try Self.requireGrace(message.graceSeconds)
        guard key.account.revision == message.revision, key.key.record.id == message.keyID else {
            throw BrokerError(StoreError.revisionConflict(current: key.account.revision))
        }
        try Self.requireSigner(of: message.version, acting: acting, revision: message.revision, now: now + Self.clockSkewSeconds)
        try checked { () throws(EnvelopeError) in
            let context = try KeyContext(key: key.key.record, version: message.version.version)
            let writers = try acting.trustedWriters(identity: key.identity)
            _ = try KeyVersionMaker.verify(message.version, context: context, identity: key.identity, writers: writers)
        }
        let (next, overflow) = key.highest.addingReportingOverflow(1)
        guard !overflow, message.version.version == next else {
            throw BrokerError(.malformed, "the next version of the key is \(next); run: tacit keys")
        }
        guard key.key.versions.count(where: { $0.state != .retired }) < Self.maximumOpenVersions else {
            throw BrokerError(
                .forbidden, "a key has at most \(Self.maximumOpenVersions) versions that are not retired; run: tacit keys")
        }
        if let writer = acting.writer, !key.isConfirmed {
            let first = key.key.versions.first { $0.version == 1 }?.signer
            guard first?.kind == .writer, first?.publicKey == writer.publicKey else {
                throw BrokerError(
                    .forbidden, "another access file chose this key's destination; the owner confirms it: tacit rotate key")
            }
        }
    }

    /// That the version was signed by whoever sends it: the identity key for this revision, or the access file's own key.
    static func requireSigner(
        of version: KeyMessages.NewVersion, acting: Acting, revision: UInt64, now: UInt64
    ) throws(BrokerError) {
        guard let writer = acting.writer else {
            guard version.signer.kind == .identity else {
                throw BrokerError(.forbidden, "an owner's values are signed by the identity key; update the client")
            }
            guard version.signedRevision == revision else { throw BrokerError(StoreError.revisionConflict(current: revision)) }
            return
        }
        guard version.signer == Signer(kind: .writer, publicKey: writer.publicKey) else {
            throw BrokerError(.forbidden, "an access file's values are signed by its own key; update the client")
        }
        guard version.signedAt <= now else { throw BrokerError(.malformed, "the value is signed in the future; set the clock") }
    }

    static func requireGrace(_ seconds: UInt64) throws(BrokerError) {
        guard seconds <= maximumGraceSeconds else {
            throw BrokerError(.malformed, "a grace lasts at most \(maximumGraceSeconds / 86_400) days; use --grace")
        }
    }
}

/// One seal of a new version, and what it is bound to.
private struct NewSeal {
    let key: KeyID
    let version: UInt32
    /// `nil`: the account.
    let session: SessionID?
    let recipientID: Blob
    let publicKey: Blob
    let seal: Blob
    let context: ContextBytes

    func record(wrapped: Blob) -> SealRecord {
        SealRecord(
            keyID: key, version: version, recipientKind: session == nil ? .account : .session, recipientID: recipientID,
            recipientPublicKey: publicKey, wrappedSeal: wrapped)
    }

    var cacheKey: EntryCache.Key? {
        session.map { EntryCache.Key(sessionID: $0, keyID: key, version: version, isSeal: true) }
    }
}

extension Broker {
    /// The seals of a new version: to the account, and to exactly the live sessions. Those to sessions that expired since they were listed
    /// are left out.
    private static func seals(_ message: RotationMessages.AddVersion, of key: KeyFacts) throws(BrokerError) -> [NewSeal] {
        let (record, number) = (key.key.record, message.version.version)
        var left = Dictionary(key.sessions.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        let expired = Set(key.expiredSessions.map(\.id))
        do throws(EnvelopeError) {
            let context = try KeyContext(key: record, version: number)
            let (account, accountKey) = (Blob(key.account.id.bytes), key.account.accountPublicKey)
            var seals = [
                NewSeal(
                    key: record.id, version: number, session: nil, recipientID: account, publicKey: accountKey,
                    seal: message.version.accountSeal,
                    context: try context.dekSeal(recipientKind: .account, recipientID: account, recipientPublicKey: accountKey))
            ]
            for seal in message.sessionSeals where !expired.contains(seal.sessionID) {
                guard let session = left.removeValue(forKey: seal.sessionID), seal.seal.bytes.count == DEK.sealCount else {
                    throw .malformed("session seals: one of 80 bytes to each live session that names the key")
                }
                let id = Blob(session.id.bytes)
                seals.append(
                    NewSeal(
                        key: record.id, version: number, session: session.id, recipientID: id, publicKey: session.publicKey,
                        seal: seal.seal,
                        context: try context.dekSeal(
                            recipientKind: .session, recipientID: id, recipientPublicKey: session.publicKey)))
            }
            guard left.isEmpty else { throw .malformed("session seals: a live session that names the key is left out") }
            return seals
        } catch { throw BrokerError(error) }
    }
}

extension RotationMessages.Certificate {
    init(_ record: SessionRecord) {
        self.init(
            sessionID: record.id, publicKey: record.publicKey, verifierDigest: record.verifierDigest, keyIDs: record.keyIDs,
            issuedAt: record.issuedAt, expiresAt: record.expiresAt, policy: record.policy, accountRevision: record.accountRevision,
            signature: record.signature)
    }
}
