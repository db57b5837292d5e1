import Synchronization

/// A clock that stands until it is moved; seconds and milliseconds move together.
final class TestClock: Sendable {
    private let milliseconds: Mutex<UInt64>

    init(seconds: UInt64 = 1_800_000_000) { milliseconds = Mutex(seconds * 1_000) }

    var seconds: UInt64 { milliseconds.withLock { $0 / 1_000 } }
    var now: UInt64 { milliseconds.withLock { $0 } }

    func advance(seconds: UInt64) { milliseconds.withLock { $0 += seconds * 1_000 } }
    func goBack(seconds: UInt64) { milliseconds.withLock { $0 -= seconds * 1_000 } }
}
