import NIOCore
import Synchronization

/// Lets other threads in on an event loop until it stops: an event loop that has ended must not be given anything.
final class LoopEntrance: Sendable {
    private let eventLoop: any EventLoop
    private let isOpen = Mutex(true)

    init(_ eventLoop: any EventLoop) { self.eventLoop = eventLoop }

    /// Has `body` run on the loop; not at all once it was closed.
    func execute(_ body: @escaping @Sendable () -> Void) {
        isOpen.withLock { if $0 { eventLoop.execute(body) } }
    }

    /// To be called before the loop ends.
    func close() { isOpen.withLock { $0 = false } }
}
