import Synchronization

/// Where the control plane can be reached, once all its listeners are bound.
package struct BoundControl: Sendable, Equatable {
    /// `nil` where there is no TCP listener.
    package var host: String?
    package var port: Int?
    /// The address the TCP listener's socket is bound to, where `host` may be a name.
    package var address: String?
    /// `nil` where there is no Unix socket.
    package var socketPath: String?
}

/// Lets others wait until every listener is bound, or hear why one is not.
final class Listening: Sendable {
    private struct State {
        var bound = BoundControl()
        var missing: Int
        var failure: (any Error)?
        var waiting: [CheckedContinuation<BoundControl, any Error>] = []
    }

    private let state: Mutex<State>

    /// - Parameter count: how many listeners there will be.
    init(count: Int) {
        state = Mutex(State(missing: count))
    }

    /// One more listener is bound.
    func add(_ change: (inout BoundControl) -> Void) {
        let (waiting, bound) = state.withLock { state in
            change(&state.bound)
            state.missing -= 1
            guard state.missing == 0 else { return ([CheckedContinuation<BoundControl, any Error>](), state.bound) }
            defer { state.waiting = [] }
            return (state.waiting, state.bound)
        }
        for continuation in waiting { continuation.resume(returning: bound) }
    }

    /// The server ended; whoever still waits hears why.
    func fail(_ error: any Error) {
        let waiting = state.withLock { state in
            state.failure = state.failure ?? error
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume(throwing: error) }
    }

    func wait() async throws -> BoundControl {
        try await withCheckedThrowingContinuation { continuation in
            let outcome = state.withLock { state -> Result<BoundControl, any Error>? in
                if state.missing <= 0 { return .success(state.bound) }
                if let failure = state.failure { return .failure(failure) }
                state.waiting.append(continuation)
                return nil
            }
            if let outcome { continuation.resume(with: outcome) }
        }
    }
}
