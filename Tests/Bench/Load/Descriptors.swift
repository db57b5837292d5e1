import Glibc

/// The few socket calls both sides need. All sockets are non-blocking, on 127.0.0.1, without Nagle's delay.
enum Descriptors {
    /// Opens as many descriptors to this process as the system allows it.
    static func raiseLimit() {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }

    static func listening(port: UInt16) throws(LoadError) -> Int32 {
        let descriptor = open()
        var one: Int32 = 1
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<Int32>.size))
        let status = unsafe withAddress(port) { unsafe bind(descriptor, $0, $1) }
        guard status == 0, listen(descriptor, 4096) == 0 else { throw LoadError("cannot listen on port \(port), errno \(errno)") }
        return descriptor
    }

    /// A connection under way; it becomes writable when it stands.
    static func connecting(port: UInt16) throws(LoadError) -> Int32 {
        let descriptor = open()
        guard descriptor >= 0 else { throw LoadError("no descriptor left, errno \(errno)") }
        undelay(descriptor)
        let status = unsafe withAddress(port) { unsafe connect(descriptor, $0, $1) }
        guard status == 0 || errno == EINPROGRESS else { throw LoadError("cannot connect to port \(port), errno \(errno)") }
        return descriptor
    }

    /// The next connection; `nil` when none waits.
    static func accepted(_ listener: Int32) -> Int32? {
        let descriptor = accept(listener, nil, nil)
        guard descriptor >= 0 else { return nil }
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        undelay(descriptor)
        return descriptor
    }

    private static func open() -> Int32 {
        socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    }

    private static func undelay(_ descriptor: Int32) {
        var one: Int32 = 1
        unsafe setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
    }

    private static func withAddress(_ port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port.bigEndian)
        address.sin_addr = in_addr(s_addr: UInt32(0x7f00_0001).bigEndian)
        return unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe body($0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
    }
}
