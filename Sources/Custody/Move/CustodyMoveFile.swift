import Glibc

/// The file a move is written down in, one for each store, beside the keyring's usual place: outside the data directory, because whoever
/// can write the database must not be able to say where the KEK is asked for.
package struct CustodyMoveFile: Sendable {
    package let path: String
    let directory: String

    private static let maximumCount = 4096
    private static let tooLong = CustodyError.misconfigured("the custodies' URIs are too long; run: tacit kek move --to a shorter one")

    /// - Parameters:
    ///   - directory: made with mode 0700 where it is missing.
    ///   - storeID: base64url.
    package init(directory: String, storeID: String) {
        self.directory = directory
        path = "\(directory)/kek-move-\(storeID)"
    }

    /// - Returns: `nil` where no move was ever begun.
    /// - Throws: `.misconfigured` for a file of another form, owner or mode; `.unreachable` where it cannot be read.
    package func read() throws(CustodyError) -> CustodyMove? {
        let descriptor = unsafe open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw KeyringPath.failure("cannot read \(path)")
        }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw KeyringPath.failure("cannot read the state of \(path)") }
        guard status.st_mode & S_IFMT == S_IFREG, status.st_uid == geteuid(), status.st_mode & 0o077 == 0 else {
            throw .misconfigured("\(path) is not a file of this user alone; run: chown \(geteuid()) \(path); chmod 600 \(path)")
        }
        var bytes = [UInt8](repeating: 0, count: Self.maximumCount + 1)
        let count = unsafe Glibc.read(descriptor, &bytes, bytes.count)
        guard count >= 0 else { throw KeyringPath.failure("cannot read \(path)") }
        let text = String(decoding: bytes.prefix(count), as: UTF8.self)
        guard count <= Self.maximumCount, let move = CustodyMove(parsing: text) else {
            throw .misconfigured("\(path) does not say where the KEK was moved to; restore the file, or see who wrote it: ls -l \(path)")
        }
        return move
    }

    /// Puts `move` in the place of what stood there; durable when this returns.
    /// - Throws: `.misconfigured`, `.unreachable`.
    package func write(_ move: CustodyMove) throws(CustodyError) {
        guard let text = move.text, text.utf8.count <= Self.maximumCount else { throw Self.tooLong }
        try makeDirectory()
        let temporary = "\(path).\(getpid())"
        _ = unsafe unlink(temporary)
        let descriptor = unsafe open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw KeyringPath.failure("cannot make \(temporary)") }
        let bytes = Array(text.utf8)
        let isWritten = unsafe Glibc.write(descriptor, bytes, bytes.count) == bytes.count && fsync(descriptor) == 0
        let code = errno
        close(descriptor)
        guard unsafe isWritten && rename(temporary, path) == 0 else {
            if !isWritten { errno = code }
            let error = KeyringPath.failure("cannot write \(path)")
            _ = unsafe unlink(temporary)
            throw error
        }
        try synchronize()
    }

    /// The right to begin a move, of one broker of the machine at a time.
    func lock() async throws(CustodyError) -> MoveLock {
        try makeDirectory()
        return MoveLock(try await CustodyLock.take(path + ".lock", isFile: true))
    }

    func makeDirectory() throws(CustodyError) {
        var partial = directory.hasPrefix("/") ? "/" : ""
        for part in directory.split(separator: "/") {
            partial += (partial.isEmpty || partial.hasSuffix("/") ? "" : "/") + part
            guard unsafe mkdir(partial, 0o700) != 0, errno != EEXIST else { continue }
            throw KeyringPath.failure("cannot make the directory \(partial)")
        }
    }

    private func synchronize() throws(CustodyError) {
        let descriptor = unsafe open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw KeyringPath.failure("cannot open \(directory)") }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw KeyringPath.failure("cannot synchronize \(directory)") }
    }
}
