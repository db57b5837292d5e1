import CEpoll
import Glibc

/// epoll, edge-triggered: a descriptor is named once when it can be read or written, so whoever is told reads and writes until it blocks.
struct Poller: ~Copyable {
    /// Most descriptors told of at a time.
    private static let most = 512

    private let descriptor: Int32

    init() throws(LoadError) {
        descriptor = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard descriptor >= 0 else { throw LoadError("no epoll, errno \(errno)") }
    }

    deinit { close(descriptor) }

    /// Watches `watched` until it is closed.
    func add(_ watched: Int32) throws(LoadError) {
        var event = unsafe epoll_event()
        unsafe event.events = EPOLLIN.rawValue | EPOLLOUT.rawValue | EPOLLRDHUP.rawValue | EPOLLET.rawValue
        unsafe event.data.fd = watched
        guard unsafe epoll_ctl(descriptor, EPOLL_CTL_ADD, watched, &event) == 0 else {
            throw LoadError("cannot watch a socket, errno \(errno)")
        }
    }

    /// Waits at most `milliseconds` and returns the descriptors that something happened to.
    func wait(milliseconds: Int32) -> [Int32] {
        unsafe withUnsafeTemporaryAllocation(of: epoll_event.self, capacity: Self.most) { events in
            let count = unsafe epoll_wait(descriptor, events.baseAddress, Int32(Self.most), milliseconds)
            return (0..<max(Int(count), 0)).map { unsafe events[$0].data.fd }
        }
    }
}
