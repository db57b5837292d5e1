package import Model

/// What ends sessions without a call of theirs.
extension SessionTable {
    /// Seconds for which a session that is over stays, so that a late call still learns why.
    private static let tombstoneSeconds: UInt64 = 86_400

    /// Whether a session is over for so long that nothing is to be known of it any more.
    static func isForgotten(_ expiresAt: UInt64, now: UInt64) -> Bool {
        let (end, overflow) = expiresAt.addingReportingOverflow(tombstoneSeconds)
        return !overflow && now >= end
    }

    /// A session that has just come into the table.
    func schedule(_ session: LiveSession) {
        expiries.add(session, at: session.expiresAt)
        scheduleIdle(session, monotonicMilliseconds())
    }

    /// Has the session's idle limit looked at when it may have passed, or when its time is over, whichever is first.
    private func scheduleIdle(_ session: LiveSession, _ milliseconds: UInt64) {
        let now = clock()
        // Not whether it has ended: one that a call ends just now has to be looked at once more.
        guard session.policy.idleMilliseconds > 0, now < session.expiresAt else { return }
        let (left, overflow) = (session.expiresAt - now).multipliedReportingOverflow(by: 1_000)
        let end = milliseconds.addingReportingOverflow(overflow ? .max : left)
        idleLimits.add(session, at: min(session.idleDue(milliseconds), end.overflow ? .max : end.partialValue))
    }

    /// Drops what could open a key from sessions whose time is over, and a day later the sessions, so that a late call still learns why.
    /// Called now and then; a call checks the time itself.
    package func sweep() {
        let now = clock()
        var hasDropped = false
        for session in expiries.take(until: now) where find(session.id) === session {
            session.end(.revoked)
            if Self.isForgotten(session.expiresAt, now: now) {
                forget(session)
                hasDropped = true
            } else {
                expiries.add(session, at: session.expiresAt.addingReportingOverflow(Self.tombstoneSeconds).partialValue)
            }
        }
        if hasDropped { pruneOrigins() }
    }

    /// Ends sessions that were not used for their idle limit.
    /// - Returns: every session an idle limit has ended, whose end was not taken with this before; the caller stores it, or gives it
    ///   back with ``keepIdleEnded(_:)``.
    package func drainIdleEnded() -> [SessionID] {
        let milliseconds = monotonicMilliseconds()
        let now = clock()
        var ended: [SessionID] = []
        for session in idleLimits.take(until: milliseconds) where find(session.id) === session {
            if session.isIdle(milliseconds) { session.end(.idle) }
            // In this order: a call may end it in between, and then it is looked at once more.
            if session.isUsable(now: now) {
                scheduleIdle(session, milliseconds)
            } else if session.endedIdle {
                ended.append(session.id)
            }
        }
        return ended
    }

    /// The end of this session could not be stored; the next ``drainIdleEnded()`` names it again.
    package func keepIdleEnded(_ id: SessionID) {
        if let session = find(id), session.endedIdle { idleLimits.add(session, at: 0) }
    }
}
