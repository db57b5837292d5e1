import Glibc
import Synchronization

/// The file mode mask the process was started with; a child gets it back.
enum OriginalFileMask {
    private static let mask = Atomic<UInt32>(0o022)

    /// Remembers the mask in force. Called once, before it is changed.
    static func capture() {
        let current = umask(0o077)
        mask.store(UInt32(current), ordering: .relaxed)
    }

    static func restore() {
        umask(mode_t(mask.load(ordering: .relaxed)))
    }
}
