import Custody
import Envelope
import Logging
import Model
import Sessions
import Store
import Synchronization

extension Broker {
    /// Stores the entries that calls made of a rotation's seals, in the seals' place. What cannot be stored is kept for the next time; the
    /// seal opens as well meanwhile.
    func storeConverted() async {
        let drained = sessions.drainConvertedEntries()
        let entries = converted.withLock { converted in
            converted.add(drained)
            return converted.take()
        }
        guard !entries.isEmpty else { return }
        guard kek.withLock({ $0.isReachable }) else {
            converted.withLock { $0.add(entries) }
            return
        }
        do throws(BrokerError) {
            try await replaceSeals(by: try await boundEntries(entries))
        } catch {
            converted.withLock { $0.add(entries) }
            logger.error("entries of a rotation could not be written", metadata: ["rows": "\(entries.count)"])
        }
    }

    private struct BoundEntry {
        let entry: ConvertedEntry
        let context: ContextBytes
    }

    /// The entries with what each is wrapped under; those whose session or key is gone are left out.
    private func boundEntries(_ entries: [ConvertedEntry]) async throws(BrokerError) -> [BoundEntry] {
        var keys: [AccountID: [KeyID: KeyRecord]] = [:]
        for account in Set(entries.map(\.accountID)) {
            let records = try await stored { () async throws(StoreError) in try await store.keys(of: account) }
            let live = records.filter { $0.revokedAt == nil }
            keys[account] = Dictionary(live.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        }
        let now = clock()
        var bound: [BoundEntry] = []
        for entry in entries {
            let record = try await stored { () async throws(StoreError) in try await store.session(entry.sessionID) }
            guard let record, record.revokedAt == nil, record.expiresAt > now, let key = keys[entry.accountID]?[entry.keyID],
                let digest = try? PolicyCoding.digest(record.policy),
                let context = try? KeyContext(key: key, version: entry.version).sessionEntry(
                    sessionID: record.id, expiresAt: record.expiresAt, policyDigest: digest)
            else { continue }
            bound.append(BoundEntry(entry: entry, context: context))
        }
        return bound
    }

    private func replaceSeals(by bound: [BoundEntry]) async throws(BrokerError) {
        guard !bound.isEmpty else { return }
        let items = bound.map { WrapItem(plaintext: $0.entry.entry, context: $0.context) }
        try await retryingKEK { () async throws(BrokerError) in
            let (wraps, kekEpoch) = try await wrapped(items, row: "session_entries")
            let records = zip(bound, wraps).map { bound, wrap in
                SessionEntryRecord(
                    sessionID: bound.entry.sessionID, keyID: bound.entry.keyID, version: bound.entry.version, wrappedEntry: wrap)
            }
            let stored = Set(
                try await stored { () async throws(StoreError) in try await store.replaceSeals(by: records, kekEpoch: kekEpoch) })
            // What was just wrapped need not be unwrapped when the account is read again.
            var fresh: [AccountID: EntryCache] = [:]
            for (bound, record) in zip(bound, records) where stored.contains(record) {
                let key = EntryCache.Key(sessionID: record.sessionID, keyID: record.keyID, version: record.version, isSeal: false)
                fresh[bound.entry.accountID, default: EntryCache()].keep(key, wrapped: record.wrappedEntry, opened: bound.entry.entry)
            }
            for (account, cache) in fresh { remember(cache, of: account) }
        }
    }
}
