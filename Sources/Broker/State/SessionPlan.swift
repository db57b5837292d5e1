import Envelope
import Model
import Sessions
import Store

/// One stored session, checked, with what has to be opened for it.
struct SessionPlan: Sendable {
    let record: SessionRecord
    let items: [EntryOpener.Item]
    /// Rows whose context cannot be rebuilt, or all of them where the certificate does not verify.
    private let broken: [EntryCache.Key]
    private let isCertificateIntact: Bool

    init(_ state: SessionState, keys: inout KeyContexts, identity: AccountIdentity) {
        record = state.record
        let certificate = Self.verify(state.record, identity: identity)
        isCertificateIntact = certificate != nil
        var items: [EntryOpener.Item] = []
        var broken: [EntryCache.Key] = []
        for entry in state.entries {
            let key = EntryCache.Key(sessionID: state.record.id, keyID: entry.keyID, version: entry.version, isSeal: false)
            if let certificate,
                let context = try? keys.context(of: entry.keyID, version: entry.version)?.sessionEntry(
                    sessionID: state.record.id, expiresAt: state.record.expiresAt, policyDigest: certificate.policyDigest)
            {
                items.append(EntryOpener.Item(key: key, wrapped: entry.wrappedEntry, context: context))
            } else {
                broken.append(key)
            }
        }
        for seal in state.seals {
            let key = EntryCache.Key(sessionID: state.record.id, keyID: seal.keyID, version: seal.version, isSeal: true)
            if certificate != nil, seal.recipientPublicKey == state.record.publicKey,
                let context = try? keys.context(of: seal.keyID, version: seal.version)?.dekSeal(
                    recipientKind: .session, recipientID: Blob(state.record.id.bytes), recipientPublicKey: seal.recipientPublicKey)
            {
                items.append(EntryOpener.Item(key: key, wrapped: seal.wrappedSeal, context: context))
            } else {
                broken.append(key)
            }
        }
        self.items = items
        self.broken = broken
    }

    /// What the session table gets. A damaged entry goes in without bytes: it opens nothing, and a call with it hears `integrity`.
    /// - Parameter waiting: rows the KEK did not answer for; what was opened of them before still counts.
    func entries(
        cache: EntryCache, damaged: Set<EntryCache.Key>, waiting: Set<EntryCache.Key> = []
    ) -> (entries: [LiveEntrySource], faults: [IntegrityFault]) {
        var entries: [LiveEntrySource] = []
        var faults: [IntegrityFault] = []
        if !isCertificateIntact { faults.append(IntegrityFault(table: "sessions", id: record.id.description)) }
        for item in items {
            let held = waiting.contains(item.key) ? cache.lastOpened(item.key) : nil
            if let opened = cache.opened(item.key, wrapped: item.wrapped) ?? held {
                entries.append(source(item.key, opened))
            } else if damaged.contains(item.key) {
                entries.append(source(item.key, Blob([])))
                faults.append(Self.fault(item.key))
            } else if let seal = cache.openedSeal(before: item.key) {
                entries.append(LiveEntrySource(keyID: item.key.keyID, version: item.key.version, material: .seal(seal)))
            }
        }
        for key in broken {
            entries.append(source(key, Blob([])))
            if isCertificateIntact { faults.append(Self.fault(key)) }
        }
        return (entries, faults)
    }

    private func source(_ key: EntryCache.Key, _ bytes: Blob) -> LiveEntrySource {
        LiveEntrySource(keyID: key.keyID, version: key.version, material: key.isSeal ? .seal(bytes) : .entry(bytes))
    }

    static func fault(_ key: EntryCache.Key) -> IntegrityFault {
        IntegrityFault(table: key.isSeal ? "seals" : "session_entries", id: "\(key.sessionID):\(key.keyID)@\(key.version)")
    }

    private static func verify(_ record: SessionRecord, identity: AccountIdentity) -> SessionCertificate? {
        guard record.accountID == identity.accountID, let certificate = try? SessionCertificate(record: record),
            (try? certificate.verify(signature: record.signature, identity: identity)) != nil
        else { return nil }
        return certificate
    }
}
