import Glibc

/// The control socket's place in the file system. Whoever can open the socket is the operator, so its directory must be ours alone; a
/// lock file beside it tells a living broker from the remains of a dead one.
final class SocketFile: Sendable {
    let path: String
    private let lock: Int32

    /// Takes the lock and removes a dead socket.
    /// - Throws: `.socketInUse` where a living process has it; `.socketRefused` for a directory that is not ours or open to others, or
    ///   for a path where something else stands.
    init(path: String) throws(ControlStartError) {
        try Self.checkDirectory(of: path)
        let lockPath = path + ".lock"
        let lock = unsafe open(lockPath, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard lock >= 0 else { throw .socketRefused("cannot open \(lockPath): \(Self.reason())") }
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            close(lock)
            throw .socketInUse(path)
        }
        do throws(ControlStartError) {
            try Self.removeDead(path)
        } catch {
            close(lock)
            throw error
        }
        self.path = path
        self.lock = lock
    }

    /// Lets only the owner connect; called as soon as the socket is bound.
    func restrict() throws(ControlStartError) {
        guard unsafe chmod(path, 0o600) == 0 else { throw .socketRefused("cannot set the mode of \(path): \(Self.reason())") }
    }

    /// Removes the socket while the lock is still held.
    func remove() {
        _ = unsafe unlink(path)
    }

    deinit {
        close(lock)
    }

    private static func checkDirectory(of path: String) throws(ControlStartError) {
        guard path.hasPrefix("/"), let slash = path.lastIndex(of: "/") else { throw .socketRefused("\(path) is not an absolute path") }
        let directory = slash == path.startIndex ? "/" : String(path[..<slash])
        var status = stat()
        guard unsafe lstat(directory, &status) == 0 else { throw .socketRefused("cannot read \(directory): \(reason())") }
        guard status.st_mode & S_IFMT == S_IFDIR, status.st_uid == geteuid() else {
            throw .socketRefused("\(directory) is not a directory of this user; run: chown")
        }
        guard status.st_mode & 0o077 == 0 else { throw .socketRefused("\(directory) is open to others; run: chmod 700 \(directory)") }
    }

    private static func removeDead(_ path: String) throws(ControlStartError) {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK else { throw .socketRefused("\(path) is there and is no socket; move it away") }
        guard !(try answers(path)) else { throw .socketInUse(path) }
        guard unsafe unlink(path) == 0 || errno == ENOENT else { throw .socketRefused("cannot remove \(path): \(reason())") }
    }

    /// Whether somebody accepts connections there.
    private static func answers(_ path: String) throws(ControlStartError) -> Bool {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        let fits = unsafe withUnsafeMutableBytes(of: &address.sun_path) { room in
            guard bytes.count < room.count else { return false }
            unsafe room.copyBytes(from: bytes)
            return true
        }
        guard fits else { throw .socketRefused("\(path) is too long for a socket (107 bytes)") }
        let socket = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        guard socket >= 0 else { throw .socketRefused("no socket: \(reason())") }
        defer { close(socket) }
        return unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(socket, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
    }

    private static func reason() -> String {
        unsafe String(cString: strerror(errno))
    }
}
