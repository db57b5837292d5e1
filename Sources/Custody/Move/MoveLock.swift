import Synchronization

/// A ``CustodyLock`` that is given back where its holder says so.
final class MoveLock: Sendable {
    private let lock: Mutex<CustodyLock?>

    init(_ lock: consuming CustodyLock) { self.lock = Mutex(consume lock) }

    func release() { lock.withLock { $0 = nil } }
}
