import Glibc
import SecretMemory

/// A file that holds one secret and may be replaced while we run: Vault's agent, Kubernetes and people do so.
struct VaultSecretFile: Sendable {
    /// What tells one content from another without reading it.
    struct Stamp: Equatable, Sendable {
        let device: UInt64
        let inode: UInt64
        let size: Int64
        /// Of the last change of content, owner or mode.
        let seconds: Int64
        let nanoseconds: Int64
    }

    /// Most bytes such a file may have.
    static let maximumCount = 65_536

    let path: String
    /// Whether other users of the machine must not read it. Kubernetes' own token file is open to all in its container.
    let isPrivate: Bool

    /// `nil` where there is no file.
    func stamp() -> Stamp? {
        var status = stat()
        return unsafe stat(path, &status) == 0 ? Stamp(status) : nil
    }

    /// Reads the file straight into guarded memory, without the white space at its ends.
    /// - Throws: `.misconfigured`, with the command that cures it.
    func read() throws(CustodyError) -> (secret: VaultSecret, stamp: Stamp) {
        let descriptor = unsafe open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw .misconfigured("\(path) cannot be read: \(unsafe String(cString: strerror(errno))); run: ls -l \(path)")
        }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw .misconfigured("\(path) is no regular file; run: ls -l \(path)")
        }
        guard !isPrivate || status.st_mode & 0o007 == 0 else {
            throw .misconfigured("\(path) is open to every user of this machine; run: chmod 600 \(path)")
        }
        guard (1...Self.maximumCount).contains(Int(status.st_size)) else {
            throw .misconfigured("\(path) has \(status.st_size) bytes and so holds no credential; run: ls -l \(path)")
        }
        var isWhole = true
        let bytes = SecretBytes(count: Int(status.st_size)) { bytes in
            unsafe bytes.withUnsafeMutableBytes { buffer in
                var done = 0
                while done < buffer.count {
                    let count = unsafe Glibc.read(descriptor, buffer.baseAddress.map { unsafe $0 + done }, buffer.count - done)
                    if count < 0, errno == EINTR { continue }
                    guard count > 0 else { break }
                    done += count
                }
                isWhole = done == buffer.count
            }
        }
        guard isWhole else { throw .unreachable("\(path) changed while it was read; run: ls -l \(path)") }
        guard let secret = VaultSecret(trimming: bytes) else { throw .misconfigured("\(path) is blank; run: ls -l \(path)") }
        return (secret, Stamp(status))
    }
}

extension VaultSecretFile.Stamp {
    init(_ status: stat) {
        self.init(
            device: UInt64(status.st_dev), inode: UInt64(status.st_ino), size: Int64(status.st_size), seconds: Int64(status.st_ctim.tv_sec),
            nanoseconds: Int64(status.st_ctim.tv_nsec))
    }
}
