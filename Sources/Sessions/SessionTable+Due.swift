package import Model

/// What ends sessions without a call of theirs.
extension SessionTable {
    /// Seconds for which a session that is over stays, so that a late call still learns why.
    private static let tombstoneSeconds: UInt64 = 86_400

    /// A session that has just come into the table.
    func schedule(_ session: LiveSession, _ key: SessionKey) {
        expiries.add(key, at: session.expiresAt)
        if session.policy.idleMilliseconds > 0 { idleLimits.add(key, at: session.idleDue(monotonicMilliseconds())) }
    }

    /// Drops what could open a key from sessions whose time is over, and a day later the sessions, so that a late call still learns why.
    /// Called now and then; a call checks the time itself.
    package func sweep() {
        let now = clock()
        var dropped: [SessionID] = []
        for key in expiries.take(until: now) {
            guard let session = find(key) else { continue }
            session.end(.revoked)
            let end = session.expiresAt.addingReportingOverflow(Self.tombstoneSeconds)
            if !end.overflow && now < end.partialValue {
                expiries.add(key, at: end.partialValue)
            } else {
                dropped.append(session.id)
                forget(session)
            }
        }
        if !dropped.isEmpty { pruneOrigins() }
    }

    /// Ends sessions that were not used for their idle limit.
    /// - Returns: every session an idle limit has ended, whose end was not taken with this before; the caller stores it, or gives it
    ///   back with ``keepIdleEnded(_:)``.
    package func drainIdleEnded() -> [SessionID] {
        let milliseconds = monotonicMilliseconds()
        var ended: [SessionID] = []
        for key in idleLimits.take(until: milliseconds) {
            guard let session = find(key) else { continue }
            if session.isIdle(milliseconds) { session.end(.idle) }
            if session.endedIdle {
                ended.append(session.id)
            } else if session.isUsable(now: clock()) {
                idleLimits.add(key, at: session.idleDue(milliseconds))
            }
        }
        return ended
    }

    /// The end of this session could not be stored; the next ``drainIdleEnded()`` names it again.
    package func keepIdleEnded(_ id: SessionID) { idleLimits.add(SessionKey(id), at: 0) }
}
