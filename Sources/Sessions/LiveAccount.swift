import Envelope
import Model
import Synchronization

/// One account's keys by id and alias, shared by its sessions.
final class LiveAccount: Sendable {
    /// What an account knows about one of its keys.
    enum KeyStatus: Sendable {
        case live(LiveKey)
        case revoked
        /// Enrolled, but no version is active.
        case inactive
        /// Its rows do not fit together.
        case damaged
    }

    private struct Entry: Sendable {
        let source: LiveKeySource
        let status: KeyStatus
    }

    let id: AccountID
    let schedule: SessionKeySchedule
    private let entries = Mutex<[KeyID: Entry]>([:])

    init(id: AccountID) throws(EnvelopeError) {
        self.id = id
        schedule = try SessionKeySchedule(accountID: id)
    }

    /// Replaces the keys. A key whose rows did not change keeps its object; one that changed its version lets running calls finish; one
    /// that vanished or was revoked ends them.
    func install(_ sources: [LiveKeySource]) {
        entries.withLock { entries in
            var next: [KeyID: Entry] = [:]
            for source in sources {
                if let same = entries[source.record.id], same.source == source {
                    next[source.record.id] = same
                } else {
                    next[source.record.id] = Entry(source: source, status: Self.status(of: source))
                }
            }
            for (id, old) in entries {
                guard case .live(let key) = old.status else { continue }
                switch next[id]?.status {
                case .live, .inactive, .damaged: continue
                case .revoked, nil: key.end()
                }
            }
            entries = next
        }
    }

    /// Ends a key's calls and refuses new ones.
    func end(key id: KeyID) {
        entries.withLock { entries in
            guard let entry = entries[id] else { return }
            if case .live(let key) = entry.status { key.end() }
            entries[id] = Entry(source: entry.source, status: .revoked)
        }
    }

    func endAll() {
        for id in entries.withLock({ Array($0.keys) }) { end(key: id) }
    }

    /// The keys among `ids`, with their aliases.
    func bindings(of ids: [KeyID]) -> [(id: KeyID, alias: Alias, status: KeyStatus)] {
        entries.withLock { entries in
            ids.compactMap { id in entries[id].map { (id, $0.source.record.alias, $0.status) } }
        }
    }

    /// What the account knows about an alias that the session does not name: `nil` for nothing, else whether it is revoked.
    /// A new key of the same alias hides a revoked one.
    func isRevoked(alias: Span<UInt8>) -> Bool? {
        entries.withLock { entries in
            var found: Bool?
            for entry in entries.values where CompiledPolicy.equal(Array(entry.source.record.alias.text.utf8).span, alias) {
                if case .revoked = entry.status { found = found ?? true } else { return false }
            }
            return found
        }
    }

    private static func status(of source: LiveKeySource) -> KeyStatus {
        guard source.record.revokedAt == nil else { return .revoked }
        guard let version = source.active else { return .inactive }
        guard let key = try? LiveKey(record: source.record, version: version) else { return .damaged }
        return .live(key)
    }
}
