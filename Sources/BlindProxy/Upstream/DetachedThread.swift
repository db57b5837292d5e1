internal import Glibc

/// A thread nobody waits for: the process may end while it is still blocked.
enum DetachedThread {
    private final class Work {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    /// The system's resolver and its plug-ins need far less.
    private static let stackBytes = 524_288

    /// Runs `body` once on a thread of its own.
    /// - Returns: whether there was a thread to be had.
    static func run(_ body: @escaping @Sendable () -> Void) -> Bool {
        unsafe withUnsafeTemporaryAllocation(of: pthread_attr_t.self, capacity: 1) { memory in
            guard let attributes = memory.baseAddress, unsafe pthread_attr_init(attributes) == 0 else { return false }
            defer { unsafe pthread_attr_destroy(attributes) }
            unsafe pthread_attr_setdetachstate(attributes, Int32(PTHREAD_CREATE_DETACHED))
            unsafe pthread_attr_setstacksize(attributes, stackBytes)
            return unsafe start(Work(body), attributes)
        }
    }

    private static func start(_ work: Work, _ attributes: UnsafePointer<pthread_attr_t>) -> Bool {
        let work = unsafe Unmanaged.passRetained(work)
        var thread = pthread_t()
        let status = unsafe pthread_create(
            &thread, attributes,
            { context in
                guard let context = unsafe context else { return nil }
                unsafe Unmanaged<Work>.fromOpaque(context).takeRetainedValue().body()
                return nil
            }, work.toOpaque())
        guard status == 0 else {
            unsafe work.release()
            return false
        }
        return true
    }
}
