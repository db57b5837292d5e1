import NIOCore
import Synchronization

/// Finds the loop a new connection belongs to.
final class LoopDirectory: Sendable {
    private let loops = Mutex<[ObjectIdentifier: NIOLoopBound<ProxyLoop>]>([:])

    func add(_ loop: NIOLoopBound<ProxyLoop>) {
        loops.withLock { $0[ObjectIdentifier(loop.eventLoop)] = loop }
    }

    /// To be called on `eventLoop`.
    func loop(for eventLoop: any EventLoop) -> ProxyLoop? {
        loops.withLock { $0[ObjectIdentifier(eventLoop)] }?.value
    }

    /// Has every loop look at its clocks; may be called on any thread.
    func tick() {
        for loop in loops.withLock({ Array($0.values) }) { loop.eventLoop.execute { loop.value.tick() } }
    }

    /// Has every loop give up connections nobody uses at the moment; may be called on any thread.
    func releaseIdleConnections() {
        for loop in loops.withLock({ Array($0.values) }) { loop.eventLoop.execute { loop.value.releaseIdleConnections() } }
    }
}
