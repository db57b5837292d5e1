import Synchronization

/// Bounds what nobody in particular can make the audit log write: 60 records at once, then one a second. What it leaves out is counted
/// and told with the next record.
final class AuditBudget: Sendable {
    static let burst: UInt64 = 60
    static let millisecondsPerRecord: UInt64 = 1_000

    private struct State {
        var left = AuditBudget.burst
        var refilledAt: UInt64
        var suppressed: UInt64 = 0
    }

    private let state: Mutex<State>
    private let monotonicMilliseconds: @Sendable () -> UInt64

    init(monotonicMilliseconds: @escaping @Sendable () -> UInt64) {
        self.monotonicMilliseconds = monotonicMilliseconds
        state = Mutex(State(refilledAt: monotonicMilliseconds()))
    }

    /// Takes one record.
    /// - Returns: how many were left out since the last one; `nil` where this one is to be left out too.
    func take() -> UInt64? {
        state.withLock { state in
            let earned = Elapsed.milliseconds(from: state.refilledAt, to: monotonicMilliseconds()) / Self.millisecondsPerRecord
            state.refilledAt += earned * Self.millisecondsPerRecord
            state.left = earned < Self.burst ? min(Self.burst, state.left + earned) : Self.burst
            guard state.left > 0 else {
                state.suppressed += 1
                return nil
            }
            state.left -= 1
            defer { state.suppressed = 0 }
            return state.suppressed
        }
    }
}
