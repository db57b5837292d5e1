/// The generic cell rate algorithm: an even flow, and a number of requests above it that may come at once.
/// Source: ITU-T I.371, virtual scheduling; here in microseconds.
package struct RateLimiter: Sendable {
    private let interval: UInt64
    private let tolerance: UInt64
    /// When the next request would come if the flow were even.
    private var due: UInt64 = 0

    /// `nil` where `rate` is 0: no limit.
    /// - Parameters:
    ///   - rate: requests per 1 000 seconds.
    ///   - burst: requests above the even flow.
    package init?(rate: UInt64, burst: UInt32) {
        guard rate > 0 else { return nil }
        interval = 1_000_000_000 / rate
        tolerance = interval * UInt64(burst)  // at most 10^9 · 2^32, below 2^63
    }

    /// How long a request at `now` would have to wait; 0 when it may go. Changes nothing.
    /// - Parameter now: microseconds, monotonic.
    package func wait(at now: UInt64) -> UInt64 {
        let (limit, overflow) = now.addingReportingOverflow(tolerance)
        guard !overflow, due > limit else { return 0 }
        return due - limit
    }

    /// Counts a request at `now`.
    package mutating func take(at now: UInt64) {
        due = max(due, now) &+ interval
    }
}
