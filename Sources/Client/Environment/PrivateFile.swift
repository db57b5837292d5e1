import Glibc
import SecretMemory

/// Small files of this user alone: read only when nobody else could have written or read them, replaced whole.
package enum PrivateFile {
    /// An exclusive lock on a path, held by an open file beside it (`PATH.lock`); ends with the process at the latest.
    struct Lock {
        fileprivate let descriptor: Int32

        func release() { close(descriptor) }
    }

    /// The bytes of a file that holds no secret; `nil` where there is none.
    /// - Throws: as ``readSecret(_:limit:)``.
    static func read(_ path: String, limit: Int) throws(ClientError) -> [UInt8]? {
        guard let content = try readSecret(path, limit: limit) else { return nil }
        return content.withBytes { span in unsafe span.withUnsafeBytes { unsafe Array($0) } }
    }

    /// The bytes of a file in guarded memory; `nil` where there is none or it is empty.
    /// - Throws: `.file` for a link, another owner, a mode open to group or others, or more than `limit` bytes.
    static func readSecret(_ path: String, limit: Int) throws(ClientError) -> SecretBytes? {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw .file(path: path, reason: SystemError.text(errno))
        }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw .file(path: path, reason: "not a regular file")
        }
        guard status.st_uid == geteuid() else { throw .file(path: path, reason: "owned by another user; it is not used") }
        guard status.st_mode & 0o077 == 0 else { throw .file(path: path, reason: "open to others; run: chmod 600 \(path)") }
        guard status.st_size <= limit else { throw .file(path: path, reason: "longer than \(limit) bytes") }
        guard status.st_size > 0 else { return nil }
        do { return try SecretReader.read(descriptor, count: Int(status.st_size)) } catch {
            throw .file(path: path, reason: "\(error)")
        }
    }

    /// Puts `bytes` in place of a file, 0600; a reader sees the old content or the new one. The directory is made (0700) where missing.
    package static func replace(_ path: String, with bytes: RawSpan) throws(ClientError) {
        try makeDirectory(of: path)
        let temporary = "\(path).\(getpid())"
        _ = unsafe unlink(temporary)
        let descriptor = unsafe open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw .file(path: temporary, reason: SystemError.text(errno)) }
        let failure = DescriptorWriter.write(bytes, to: descriptor) ?? (fsync(descriptor) == 0 ? nil : errno)
        close(descriptor)
        if let failure = unsafe failure ?? (rename(temporary, path) == 0 ? nil : errno) {
            _ = unsafe unlink(temporary)
            throw .file(path: path, reason: SystemError.text(failure))
        }
    }

    static func lock(_ path: String) throws(ClientError) -> Lock {
        try makeDirectory(of: path)
        let descriptor = unsafe open(path + ".lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0, flock(descriptor, LOCK_EX) == 0 else {
            throw .file(path: path + ".lock", reason: SystemError.text(errno))
        }
        return Lock(descriptor: descriptor)
    }

    /// Makes the directory a file stands in, and its parents, 0700 where missing.
    private static func makeDirectory(of path: String) throws(ClientError) {
        guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return }
        let directory = String(path[..<slash])
        if unsafe mkdir(directory, 0o700) == 0 || errno == EEXIST { return }
        guard errno == ENOENT else { throw .file(path: directory, reason: SystemError.text(errno)) }
        try makeDirectory(of: directory)
        guard unsafe mkdir(directory, 0o700) == 0 || errno == EEXIST else { throw .file(path: directory, reason: SystemError.text(errno)) }
    }
}
