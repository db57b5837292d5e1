import Model

/// Idle connections of one event loop to one destination for one key, the one used last first.
final class UpstreamPool {
    let destination: Destination
    /// Whose share of name lookups a dial takes.
    let accountID: AccountID
    private let limits: ProxyLimits
    let share: IdleBudget.Share
    private var idle: [UpstreamHandler] = []
    /// The loop has forgotten this pool: nothing would look at what is put here.
    private var isRetired = false

    /// - Parameter share: of the account, for all its pools of the event loop.
    init(key: PoolKey, limits: ProxyLimits, share: IdleBudget.Share) {
        destination = key.destination
        accountID = key.accountID
        self.limits = limits
        self.share = share
    }

    var isEmpty: Bool { idle.isEmpty }

    var idleCount: Int { idle.count }

    /// A connection that was alive when the loop last looked; its end would have been seen, because idle ones are read.
    func take(now: UInt64) -> UpstreamHandler? {
        while let upstream = idle.popLast() {
            share.give()
            if upstream.isUsable && !isOverdue(upstream, now) { return upstream }
            upstream.close()
        }
        return nil
    }

    /// Keeps a connection whose answer was complete, or closes it where it is old or one too many.
    func put(_ upstream: UpstreamHandler, now: UInt64) {
        guard !isRetired, upstream.isUsable, idle.count < limits.poolConnections else {
            upstream.close()
            return
        }
        upstream.idleSince = now
        guard !isOverdue(upstream, now), share.take() else {
            upstream.close()
            return
        }
        idle.append(upstream)
    }

    /// Forgets a connection that ended while it was idle.
    func remove(_ upstream: UpstreamHandler) {
        guard let index = idle.firstIndex(where: { $0 === upstream }) else { return }
        share.give()
        idle.remove(at: index)
    }

    /// Closes connections that are idle or alive for too long.
    func tick(now: UInt64) {
        guard idle.contains(where: { isOverdue($0, now) }) else { return }
        let overdue = idle.filter { isOverdue($0, now) }
        idle.removeAll { isOverdue($0, now) }
        share.give(overdue.count)
        for upstream in overdue { upstream.close() }
    }

    /// Closes everything that is idle, and whatever is put here later.
    func retire() {
        isRetired = true
        closeAll()
    }

    /// Closes everything that is idle.
    func closeAll() {
        let all = idle
        idle = []
        share.give(all.count)
        for upstream in all { upstream.close() }
    }

    private func isOverdue(_ upstream: UpstreamHandler, _ now: UInt64) -> Bool {
        now >= upstream.idleSince + UInt64(limits.poolIdleSeconds) * 1_000
            || now >= upstream.createdAt + UInt64(limits.poolAgeSeconds) * 1_000
    }
}
