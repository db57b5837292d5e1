import Glibc

/// The right to change a KEK's versions, of one holder at a time, also among the processes of a machine; given back with the value.
///
/// An advisory lock of a directory or file: the system gives it back when its holder dies. Readers do not take it.
struct CustodyLock: ~Copyable {
    private let descriptor: Int32

    /// Waits for another holder.
    /// - Parameters:
    ///   - path: a directory, or a file that is made (0600) where it is missing.
    ///   - seconds: how long at most.
    /// - Throws: `.unreachable` after that; `.misconfigured` where it cannot be opened.
    static func take(_ path: String, isFile: Bool = false, seconds: Int = 10) async throws(CustodyError) -> CustodyLock {
        for _ in 0..<seconds * 100 {
            if let lock = try attempt(path, isFile) { return lock }
            do { try await Task.sleep(for: .milliseconds(10)) } catch { break }
        }
        throw .unreachable("another process holds the lock of \(path); run: fuser -v \(path)")
    }

    /// As ``take(_:)``, for a start that has nothing else to do meanwhile.
    static func takeBlocking(_ directory: String) throws(CustodyError) -> CustodyLock {
        for _ in 0..<1000 {
            if let lock = try attempt(directory, false) { return lock }
            usleep(10_000)
        }
        throw .unreachable("another process holds the lock of \(directory); run: fuser -v \(directory)")
    }

    /// Makes the names in the directory durable.
    borrowing func synchronize(_ directory: String) throws(CustodyError) {
        guard fsync(descriptor) == 0 else { throw KeyringPath.failure("cannot synchronize \(directory)") }
    }

    private static func attempt(_ path: String, _ isFile: Bool) throws(CustodyError) -> CustodyLock? {
        let flags = isFile ? O_RDWR | O_CREAT | O_NOFOLLOW : O_RDONLY | O_DIRECTORY
        let descriptor = unsafe open(path, flags | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw KeyringPath.failure("cannot open \(path)") }
        guard flock(descriptor, LOCK_EX | LOCK_NB) != 0 else { return CustodyLock(descriptor: descriptor) }
        let code = errno
        close(descriptor)
        guard code == EWOULDBLOCK || code == EINTR else {
            errno = code
            throw KeyringPath.failure("cannot lock \(path)")
        }
        return nil
    }

    private init(descriptor: Int32) { self.descriptor = descriptor }

    /// Gives it back here and not at the last use before.
    consuming func release() {}

    deinit { close(descriptor) }
}
