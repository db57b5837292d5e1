import Synchronization

/// Which sessions allow which browser origin, for questions that come without a token. Only sessions that name origins are in it.
struct OriginIndex: ~Copyable, Sendable {
    private let sessions = Mutex<[[UInt8]: Set<SessionKey>]>([:])

    func add(_ key: SessionKey, origins: [[UInt8]]) {
        guard !origins.isEmpty else { return }
        sessions.withLock { sessions in
            for origin in origins { sessions[origin, default: []].insert(key) }
        }
    }

    /// Whether one of the sessions that name `origin` is live. Those that are not are forgotten on the way, so that many ended sessions
    /// cost one question and not every one.
    func contains(_ origin: Span<UInt8>, isLive: (SessionKey) -> Bool) -> Bool {
        let wanted = origin.indices.map { origin[$0] }
        return sessions.withLock { sessions in
            guard let named = sessions[wanted] else { return false }
            for key in named {
                if isLive(key) { return true }
                sessions[wanted]?.remove(key)
            }
            sessions[wanted] = nil
            return false
        }
    }

    /// Forgets sessions that are not live.
    func prune(isLive: (SessionKey) -> Bool) {
        sessions.withLock { sessions in
            sessions = sessions.compactMapValues { named in
                let live = named.filter(isLive)
                return live.isEmpty ? nil : live
            }
        }
    }
}
