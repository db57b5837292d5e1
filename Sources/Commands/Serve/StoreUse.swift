import Glibc

/// A broker's use of a data directory, from its start to its end: shared with other brokers, or, where sessions are in memory, its own.
/// A lock of the kernel's on a file there, so that nothing of it is left when a process is killed.
struct StoreUse: ~Copyable {
    static let fileName = "brokers.lock"

    private let descriptor: Int32

    /// - Parameter isExclusive: whether no other broker may use it at the same time.
    /// - Throws: `.refused` where another broker is in the way, `.failed`.
    init(directory: String, isExclusive: Bool) throws(StartError) {
        let path = directory + "/" + Self.fileName
        let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .failed("cannot open \(path): \(Self.text(errno))") }
        guard flock(descriptor, (isExclusive ? LOCK_EX : LOCK_SH) | LOCK_NB) == 0 else {
            let code = errno
            close(descriptor)
            guard code == EWOULDBLOCK else { throw .failed("cannot lock \(path): \(Self.text(code))") }
            throw .refused(
                isExclusive
                    ? "--sessions memory needs the data directory for itself, and another broker uses it; stop that one first"
                    : "a broker with --sessions memory uses the data directory, which it shares with no other; stop it first")
        }
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    private static func text(_ code: Int32) -> String { unsafe String(cString: strerror(code)) }
}
