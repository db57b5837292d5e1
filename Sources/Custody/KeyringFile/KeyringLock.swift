import Glibc

/// The right to change what stands in a keyring's directory, of one holder at a time, also among processes; given back with the value.
///
/// A lock of the directory itself: it needs no file of its own, and the system gives it back when its holder dies. Readers do not take it.
struct KeyringLock: ~Copyable {
    private let descriptor: Int32

    /// Waits at most ten seconds for another holder.
    /// - Throws: `.unreachable` after that; `.misconfigured` where the directory cannot be opened.
    static func take(_ directory: String) async throws(CustodyError) -> KeyringLock {
        for _ in 0..<1000 {
            if let lock = try attempt(directory) { return lock }
            do { try await Task.sleep(for: .milliseconds(10)) } catch { break }
        }
        throw .unreachable("another process holds the lock of \(directory); run: fuser -v \(directory)")
    }

    /// As ``take(_:)``, for a start that has nothing else to do meanwhile.
    static func takeBlocking(_ directory: String) throws(CustodyError) -> KeyringLock {
        for _ in 0..<1000 {
            if let lock = try attempt(directory) { return lock }
            usleep(10_000)
        }
        throw .unreachable("another process holds the lock of \(directory); run: fuser -v \(directory)")
    }

    /// Makes the names in the directory durable.
    borrowing func synchronize(_ directory: String) throws(CustodyError) {
        guard fsync(descriptor) == 0 else { throw KeyringPath.failure("cannot synchronize \(directory)") }
    }

    private static func attempt(_ directory: String) throws(CustodyError) -> KeyringLock? {
        let descriptor = unsafe open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw KeyringPath.failure("cannot open \(directory)") }
        guard flock(descriptor, LOCK_EX | LOCK_NB) != 0 else { return KeyringLock(descriptor: descriptor) }
        let code = errno
        close(descriptor)
        guard code == EWOULDBLOCK || code == EINTR else {
            errno = code
            throw KeyringPath.failure("cannot lock \(directory)")
        }
        return nil
    }

    private init(descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }
}
