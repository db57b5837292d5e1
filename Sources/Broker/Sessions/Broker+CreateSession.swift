import Custody
import Envelope
package import Model
import Sessions
import Store

extension Broker {
    /// How far a client's clock may be ahead of ours, in seconds.
    static let clockSkewSeconds: UInt64 = 300
    /// Most sessions of an account that live at a time.
    static let maximumLiveSessions = 1000
    /// Longest label, in bytes of UTF-8.
    static let maximumLabelCount = 64

    /// Installs a session that the client made (`create_session`). When it returns, the data plane accepts its token.
    /// - Throws: `.signatureInvalid`, `.lifetimeRefused`, `.malformed`, `.notFound` for a key id that is not the account's, `.keyRevoked`,
    ///   `.revisionConflict`, `.duplicate`, `.kekUnreachable`.
    package func createSession(_ message: SessionMessages.Create, call: Call) async throws(BrokerError) -> SessionMessages.Session {
        try await audited(.createSession, call) { (facts) async throws(BrokerError) in
            let id = try call.ownerAccount()
            facts.subject = message.sessionID.description
            return try await installSession(message, account: id)
        }
    }

    /// Checks, stores and installs a session; also the last step of an assisted unlock.
    func installSession(_ message: SessionMessages.Create, account id: AccountID) async throws(BrokerError) -> SessionMessages.Session {
        try Self.requireLabel(message.label)
        let (_, identity) = try await account(id)
        let session = try checked { () throws(EnvelopeError) in
            try SessionCertificate(accountID: id, message: message).verify(signature: message.signature, identity: identity)
        }
        let certificate = session.certificate
        try requireTimes(certificate)
        let state = try await accountState(id)
        guard state.revision == message.accountRevision else {
            throw BrokerError(StoreError.revisionConflict(current: state.revision))
        }
        guard state.sessions.count < Self.maximumLiveSessions else {
            throw BrokerError(.forbidden, "an account has at most \(Self.maximumLiveSessions) live sessions; run: tacit lock")
        }
        let needed = try Self.neededVersions(certificate.keyIDs, from: state.keys)
        try Self.requireProbe(message, certificate: certificate, keys: state.keys)
        let items = try Self.entryItems(message, needed: needed, session: session)
        let record = SessionRecord(
            id: certificate.sessionID, accountID: id, kind: certificate.policy.kind, label: message.label,
            publicKey: certificate.publicKey, verifierDigest: certificate.verifierDigest, keyIDs: certificate.keyIDs,
            issuedAt: certificate.issuedAt, expiresAt: certificate.expiresAt, policy: certificate.policy,
            accountRevision: certificate.accountRevision, signature: message.signature, revokedAt: nil)
        keepProbe(of: message)
        let wraps: [Blob]
        do throws(BrokerError) {
            wraps = try await insert(record, items)
        } catch {
            dropProbe(record.id)
            throw error
        }
        // What was just wrapped need not be unwrapped to be installed.
        var fresh = EntryCache()
        for (item, wrap) in zip(items, wraps) { fresh.keep(item.key, wrapped: wrap, opened: item.wrapped) }
        remember(fresh, of: id)
        await reload(id)
        return SessionMessages.Session(record, aliases: Self.aliases(of: state.keys))
    }

    /// - Returns: the wraps in the order of the items.
    private func insert(_ record: SessionRecord, _ items: [EntryOpener.Item]) async throws(BrokerError) -> [Blob] {
        let wrapItems = items.map { WrapItem(plaintext: $0.wrapped, context: $0.context) }
        return try await retryingKEK { () async throws(BrokerError) in
            let (wraps, kekEpoch) = try await wrapped(wrapItems, row: "session_entries")
            let entries = zip(items, wraps).map { item, wrap in
                SessionEntryRecord(sessionID: record.id, keyID: item.key.keyID, version: item.key.version, wrappedEntry: wrap)
            }
            _ = try await stored { () async throws(StoreError) in
                try await store.insertSession(record, entries: entries, kekEpoch: kekEpoch, expectedRevision: record.accountRevision)
            }
            return wraps
        }
    }

    private func requireTimes(_ certificate: SessionCertificate) throws(BrokerError) {
        let now = clock()
        guard certificate.issuedAt <= now + Self.clockSkewSeconds else {
            throw BrokerError(.lifetimeRefused, "the session is issued in the future; set the clock")
        }
        guard certificate.expiresAt > now else { throw BrokerError(.lifetimeRefused, "the session is over already; set the clock") }
    }

    /// Every version a session has to cover: pending, active and grace ones of each key it names.
    private static func neededVersions(_ ids: [KeyID], from keys: [KeyState]) throws(BrokerError) -> [EntryID: KeyRecord] {
        var needed: [EntryID: KeyRecord] = [:]
        for id in ids {
            guard let key = keys.first(where: { $0.record.id == id }) else {
                throw BrokerError(.notFound, "the session names a key that is not the account's; run: tacit keys")
            }
            guard key.record.revokedAt == nil else { throw absent(key.record.alias, isRevoked: true) }
            for version in key.versions where version.state != .retired {
                needed[EntryID(keyID: id, version: version.version)] = key.record
            }
        }
        return needed
    }

    private struct EntryID: Hashable {
        let keyID: KeyID
        let version: UInt32
    }

    /// The entries with the context each is wrapped under; `wrapped` holds the entry itself, which is still to be wrapped.
    private static func entryItems(
        _ message: SessionMessages.Create, needed: [EntryID: KeyRecord], session: VerifiedSession
    ) throws(BrokerError) -> [EntryOpener.Item] {
        var left = needed
        var items: [EntryOpener.Item] = []
        for entry in message.entries {
            guard let key = left.removeValue(forKey: EntryID(keyID: entry.keyID, version: entry.version)) else {
                throw BrokerError(.malformed, "an entry is there twice or for no version of the session's keys; run: tacit unlock")
            }
            guard entry.entry.bytes.count == SessionEntry.count else {
                throw BrokerError(.malformed, "an entry has \(SessionEntry.count) bytes")
            }
            do throws(EnvelopeError) {
                let context = try session.entryContext(for: KeyContext(key: key, version: entry.version))
                let id = EntryCache.Key(
                    sessionID: session.certificate.sessionID, keyID: entry.keyID, version: entry.version, isSeal: false)
                items.append(EntryOpener.Item(key: id, wrapped: entry.entry, context: context))
            } catch { throw BrokerError(error) }
        }
        guard left.isEmpty else { throw BrokerError(.malformed, "a version of the session's keys has no entry; run: tacit unlock") }
        return items
    }

    static func requireLabel(_ label: String) throws(BrokerError) {
        guard label.utf8.count <= maximumLabelCount,
            label.unicodeScalars.allSatisfy({ $0.value >= 0x20 && !(0x7f...0x9f).contains($0.value) })
        else { throw BrokerError(.malformed, "a label has at most \(maximumLabelCount) bytes and no control characters") }
    }

    static func aliases(of keys: [KeyState]) -> [KeyID: Alias] {
        Dictionary(keys.map { ($0.record.id, $0.record.alias) }, uniquingKeysWith: { first, _ in first })
    }
}
