import Sessions
import Synchronization

/// The system's monotonic clock, which a test may put forward.
final class TestClock: Sendable {
    private let ahead = Mutex<UInt64>(0)

    var milliseconds: UInt64 { SystemClock.monotonicMilliseconds() + ahead.withLock { $0 } }

    func advance(seconds: UInt64) { ahead.withLock { $0 += seconds * 1_000 } }
}
