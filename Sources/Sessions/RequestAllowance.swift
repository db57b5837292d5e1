import Model
import Synchronization

/// What one process may count of a session's maximum of requests: blocks it reserved before, one at a time.
final class RequestAllowance: Sendable {
    enum Verdict: Equatable {
        case mayGo
        /// The next block has to be reserved first.
        case unreserved
        /// Asking for one failed just now.
        case failed
        /// Nothing was left when it was asked for just now.
        case usedUp
    }

    private struct State {
        var granted: UInt64 = 0
        /// What an answer without requests means for calls before `askAgainAt`.
        var refusal = Verdict.usedUp
        /// Monotonic milliseconds.
        var askAgainAt: UInt64 = 0
        var isAsking = false
        var waiting: [@Sendable () -> Void] = []
    }

    /// Calls that find nothing ask the store at most so often: another process may give some back.
    private static let pauseMilliseconds: UInt64 = 1_000

    private let session: SessionID
    private let maximum: UInt64
    private let reserve: any RequestReserve
    private let state = Mutex(State())

    init(_ session: SessionID, maximum: UInt64, reserve: any RequestReserve) {
        self.session = session
        self.maximum = maximum
        self.reserve = reserve
    }

    /// - Parameters:
    ///   - used: requests that this process has counted.
    ///   - milliseconds: monotonic.
    func verdict(used: UInt64, _ milliseconds: UInt64) -> Verdict {
        state.withLock { state in
            if used < state.granted { return .mayGo }
            return milliseconds < state.askAgainAt ? state.refusal : .unreserved
        }
    }

    /// Asks for the next block; calls that come while an answer is under way wait for the same one.
    /// - Parameters:
    ///   - clock: monotonic milliseconds, for when the answer comes.
    ///   - done: called once, on any thread, when a call may be tried again.
    func ask(used: UInt64, clock: @escaping @Sendable () -> UInt64, _ done: @escaping @Sendable () -> Void) {
        let wanted = state.withLock { state -> Int? in
            guard used >= state.granted else { return 0 }
            state.waiting.append(done)
            guard !state.isAsking else { return nil }
            state.isAsking = true
            return state.waiting.count
        }
        guard let wanted else { return }
        guard wanted > 0 else { return done() }
        reserve.reserve(of: session, maximum: maximum, wanted: UInt64(wanted)) { granted in
            self.take(granted, at: clock())
        }
    }

    private func take(_ granted: UInt64?, at milliseconds: UInt64) {
        let waiting = state.withLock { state in
            state.isAsking = false
            if let granted, granted > 0 {
                state.granted = min(maximum, state.granted.addingReportingOverflow(granted).partialValue)
            } else {
                state.refusal = granted == nil ? .failed : .usedUp
                state.askAgainAt = milliseconds + Self.pauseMilliseconds
            }
            defer { state.waiting = [] }
            return state.waiting
        }
        for call in waiting { call() }
    }

    /// Takes out what was granted and not used, so that it can be given back.
    func takeUnused(used: UInt64) -> UInt64 {
        state.withLock { state in
            guard state.granted > used else { return 0 }
            defer { state.granted = used }
            return state.granted - used
        }
    }
}
