import Model
import Synchronization

/// What one process may count of a session's maximum of requests: blocks it reserved before, one at a time.
final class RequestAllowance: Sendable {
    enum Verdict: Equatable {
        case mayGo
        /// The next block has to be reserved first.
        case unreserved
        /// What the reserve said just now.
        case usedUp, damaged, failed
    }

    private struct State {
        var granted: UInt64 = 0
        /// What calls before `askAgainAt` hear.
        var refusal = Verdict.usedUp
        /// Monotonic milliseconds.
        var askAgainAt: UInt64 = 0
        var isAsking = false
        var waiting: [@Sendable () -> Void] = []

        mutating func refuse(_ verdict: Verdict, until: UInt64) {
            refusal = verdict
            askAgainAt = until
        }
    }

    /// After an answer without requests the reserve is asked at most so often: another process may give some back.
    private static let pauseMilliseconds: UInt64 = 1_000

    private let session: SessionID
    private let maximum: UInt64
    private let reserve: any RequestReserve
    private let clock: @Sendable () -> UInt64
    private let state = Mutex(State())

    /// - Parameter clock: monotonic milliseconds.
    init(_ session: SessionID, maximum: UInt64, reserve: any RequestReserve, clock: @escaping @Sendable () -> UInt64) {
        self.session = session
        self.maximum = maximum
        self.reserve = reserve
        self.clock = clock
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

    /// Asks for the next block. Calls that come while a question is under way are told with it, or wait for the next one.
    /// - Parameter done: called once, on any thread, when a call may be tried again.
    func ask(used: UInt64, _ done: @escaping @Sendable () -> Void) {
        let now = clock()
        let (isDecided, asks) = state.withLock { state in
            guard used >= state.granted, now >= state.askAgainAt else { return (true, false) }
            state.waiting.append(done)
            defer { state.isAsking = true }
            return (false, !state.isAsking)
        }
        if isDecided { done() }
        if asks { ask(wanted: 1) }
    }

    private func ask(wanted: Int) {
        reserve.reserve(of: session, maximum: maximum, wanted: UInt64(wanted)) { self.take($0) }
    }

    /// Lets as many calls try again as there are requests for; for the rest the next question follows at once.
    private func take(_ answer: ReservedRequests) {
        let now = clock()
        let (told, left) = state.withLock { state in
            var count = state.waiting.count
            switch answer {
            case .granted(let granted) where granted > 0:
                state.granted += min(granted, maximum - state.granted)
                state.askAgainAt = 0
                count = min(count, Int(clamping: granted))
            case .granted: state.refuse(.usedUp, until: now + Self.pauseMilliseconds)
            case .damaged: state.refuse(.damaged, until: now + Self.pauseMilliseconds)
            case .failed: state.refuse(.failed, until: now + Self.pauseMilliseconds)
            }
            let told = state.waiting.prefix(count)
            state.waiting.removeFirst(count)
            state.isAsking = !state.waiting.isEmpty
            return (told, state.waiting.count)
        }
        for call in told { call() }
        if left > 0 { ask(wanted: left) }
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
