import Glibc
import Synchronization

/// A file lock that the holder of the job keeps: where nobody has it, the broker that had the job on this machine is gone, and another
/// one need not wait for its heartbeat to grow stale. The system lets go of it with the process.
final class KEKJobLock: Sendable {
    private let path: String
    private let descriptor = Mutex<Int32?>(nil)

    init(directory: String) { path = directory + "/kek.lock" }

    /// Takes the lock unless somebody else has it.
    /// - Returns: whether it is ours now.
    func take() -> Bool {
        descriptor.withLock { held in
            if held != nil { return true }
            let file = unsafe open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
            guard file >= 0 else { return false }
            guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
                close(file)
                return false
            }
            held = file
            return true
        }
    }

    func release() {
        descriptor.withLock { held in
            if let file = held { close(file) }
            held = nil
        }
    }

    deinit { release() }
}
