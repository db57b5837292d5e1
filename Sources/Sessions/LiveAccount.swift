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
        /// Its text, one array for all sessions that name it.
        let alias: [UInt8]
        /// Shared by the key's versions, the ones that were active before included.
        let life: KeyLife
        let status: KeyStatus
        /// By version.
        let pending: [UInt32: LiveKey]

        init(_ source: LiveKeySource, life: KeyLife) {
            self.source = source
            alias = Array(source.record.alias.text.utf8)
            self.life = life
            status = LiveAccount.status(of: source, life: life)
            let isRevoked = source.record.revokedAt != nil
            pending = (isRevoked ? [] : source.pending).reduce(into: [:]) { keys, version in
                keys[version.version] = try? LiveKey(record: source.record, version: version, life: life)
            }
        }

        private init(ending entry: Entry) {
            source = entry.source
            alias = entry.alias
            life = entry.life
            status = .revoked
            pending = [:]
        }

        /// Ends the key's calls, whichever version they use.
        func ended() -> Entry {
            life.end()
            return Entry(ending: self)
        }

        /// What a probe of `version` calls with: that version while it is pending or active, else nothing.
        func status(probing version: UInt32) -> KeyStatus {
            if let key = pending[version] { return .live(key) }
            switch status {
            case .live(let key) where key.version != version: return .inactive
            default: return status
            }
        }
    }

    let id: AccountID
    let schedule: SessionKeySchedule
    /// What its sessions take the time of their last use from.
    let monotonicMilliseconds: @Sendable () -> UInt64
    private let entries = Mutex<[KeyID: Entry]>([:])

    init(id: AccountID, monotonicMilliseconds: @escaping @Sendable () -> UInt64) throws(EnvelopeError) {
        self.id = id
        self.monotonicMilliseconds = monotonicMilliseconds
        schedule = try SessionKeySchedule(accountID: id)
    }

    /// Replaces the keys. A key whose rows did not change keeps its object; one that changed its version lets running calls finish; one
    /// that vanished or was revoked ends them.
    func install(_ sources: [LiveKeySource]) {
        entries.withLock { entries in
            var next: [KeyID: Entry] = [:]
            for source in sources {
                let old = entries[source.record.id]
                if let old, old.source == source {
                    next[source.record.id] = old
                } else {
                    // A key that was ended does not live again with its old calls: those stay ended.
                    let life = old.flatMap { $0.life.isEnded ? nil : $0.life } ?? KeyLife()
                    next[source.record.id] = Entry(source, life: life)
                }
            }
            for (id, old) in entries {
                switch next[id]?.status {
                case .live, .inactive, .damaged: continue
                case .revoked, nil: old.life.end()
                }
            }
            entries = next
        }
    }

    /// Ends a key's calls and refuses new ones.
    func end(key id: KeyID) {
        entries.withLock { entries in
            if let entry = entries[id] { entries[id] = entry.ended() }
        }
    }

    func endAll() {
        for id in entries.withLock({ Array($0.keys) }) { end(key: id) }
    }

    /// The keys among `ids`, with their aliases.
    /// - Parameter probe: the version to use instead of the active one.
    func bindings(of ids: [KeyID], probing probe: UInt32?) -> [(id: KeyID, alias: [UInt8], status: KeyStatus)] {
        entries.withLock { entries in
            ids.compactMap { id in
                entries[id].map { (id, $0.alias, probe.map($0.status(probing:)) ?? $0.status) }
            }
        }
    }

    /// What the account knows about an alias that the session does not name: `nil` for nothing, else whether it is revoked.
    /// A new key of the same alias hides a revoked one.
    func isRevoked(alias: Span<UInt8>) -> Bool? {
        entries.withLock { entries in
            var found: Bool?
            for entry in entries.values where CompiledPolicy.equal(entry.alias.span, alias) {
                if case .revoked = entry.status { found = found ?? true } else { return false }
            }
            return found
        }
    }

    private static func status(of source: LiveKeySource, life: KeyLife) -> KeyStatus {
        guard source.record.revokedAt == nil else { return .revoked }
        guard let version = source.active else { return .inactive }
        guard let key = try? LiveKey(record: source.record, version: version, life: life) else { return .damaged }
        return .live(key)
    }
}
