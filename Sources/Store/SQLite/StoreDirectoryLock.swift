import Glibc

/// Held while a store is opened, so that brokers that start at once on an empty directory do not both make the tables. It ends with the
/// value, or with the process.
struct StoreDirectoryLock: ~Copyable {
    private let descriptor: Int32

    /// Waits until no other process is opening the store in `directory`.
    init(_ directory: String) throws(StoreError) {
        let descriptor = unsafe open(directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { throw StoreDirectory.failure("cannot open \(directory)", errno) }
        while flock(descriptor, LOCK_EX) != 0 {
            let code = errno
            guard code == EINTR else {
                close(descriptor)
                throw StoreDirectory.failure("cannot lock \(directory)", code)
            }
        }
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }
}
