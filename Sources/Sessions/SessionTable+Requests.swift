package import Model
import Synchronization

extension SessionTable {
    /// From now on sessions with a maximum of requests get them from `reserve`; without one the table counts alone. Set it before sessions
    /// are installed.
    package func setReserve(_ reserve: any RequestReserve) {
        self.reserve.withLock { $0 = reserve }
    }

    /// Has the next requests of a session reserved, for a call that was refused with ``Refusal/reservable``.
    /// - Parameter done: called once, on any thread, when the call may be tried again.
    package func reserveRequests(of id: SessionID, _ done: @escaping @Sendable () -> Void) {
        guard let session = find(id), let allowance = session.allowance else { return done() }
        allowance.ask(used: session.state.withLock { $0.used }, done)
    }

    /// What this process has reserved of sessions and not used, taken out of them: calls that come later reserve anew.
    package func takeUnusedRequests() -> [SessionID: UInt64] {
        var unused: [SessionID: UInt64] = [:]
        for box in shards {
            box.shard.sessions.withLock { sessions in
                for session in sessions.values {
                    guard let allowance = session.allowance else { continue }
                    let count = session.state.withLock { allowance.takeUnused(used: $0.used) }
                    if count > 0 { unused[session.id] = count }
                }
            }
        }
        return unused
    }
}
