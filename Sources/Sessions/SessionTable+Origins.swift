extension SessionTable {
    /// Whether a session that could be used now allows calls from this browser origin. No session is touched by the question.
    ///
    /// A browser asks without a token before its call, and reads refusals only where this is answered; so a page learns whether any
    /// session names the page's own origin, and nothing about whose session or key it is.
    /// - Parameter origin: the value of an `Origin` field.
    package func allows(origin: Span<UInt8>) -> Bool {
        let now = clock()
        let milliseconds = monotonicMilliseconds()
        return origins.contains(origin) { key in find(key).map { $0.isUsable(now: now) && !$0.isIdle(milliseconds) } ?? false }
    }

    /// Forgets the origins of sessions that ended.
    func pruneOrigins() {
        let now = clock()
        origins.prune { key in find(key)?.isUsable(now: now) ?? false }
    }
}
