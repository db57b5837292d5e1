import NIOCore
import Synchronization

/// Finds the loop a new connection belongs to, and reaches all of them.
final class LoopDirectory: Sendable {
    private final class Entry: Sendable {
        let loop: NIOLoopBound<ProxyLoop>
        /// A tick is on its way: a loop that is slow is not given a second one.
        let isTickQueued = Atomic(false)

        init(_ loop: NIOLoopBound<ProxyLoop>) { self.loop = loop }
    }

    private let entries = Mutex<[ObjectIdentifier: Entry]>([:])

    func add(_ loop: NIOLoopBound<ProxyLoop>) {
        entries.withLock { $0[ObjectIdentifier(loop.eventLoop)] = Entry(loop) }
    }

    /// To be called on `eventLoop`.
    func loop(for eventLoop: any EventLoop) -> ProxyLoop? {
        entries.withLock { $0[ObjectIdentifier(eventLoop)] }?.loop.value
    }

    /// Has every loop look at its clocks; may be called on any thread.
    func tick() {
        for entry in all where !entry.isTickQueued.exchange(true, ordering: .acquiringAndReleasing) {
            entry.loop.eventLoop.execute {
                entry.isTickQueued.store(false, ordering: .releasing)
                entry.loop.value.tick()
            }
        }
    }

    /// Has every loop give up connections nobody uses at the moment; may be called on any thread.
    func releaseIdleConnections() {
        for entry in all { entry.loop.eventLoop.execute { entry.loop.value.releaseIdleConnections() } }
    }

    private var all: [Entry] { entries.withLock { Array($0.values) } }
}
