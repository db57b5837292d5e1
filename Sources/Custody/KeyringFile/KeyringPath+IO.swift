import Glibc
import SecretMemory

extension KeyringPath {
    static func exists(_ path: String) -> Bool {
        var status = stat()
        return unsafe lstat(path, &status) == 0
    }

    /// Reads the file straight into guarded memory and takes it apart; again where it was replaced meanwhile, because the bytes of a
    /// replaced file are overwritten.
    func read() throws(CustodyError) -> Keyring {
        for _ in 0..<100 {
            if let keyring = try readOnce() { return consume keyring }
        }
        throw .unreachable("\(file) is replaced all the time; run: tacit kek status")
    }

    /// - Returns: `nil` where another file stands at the name afterwards.
    private func readOnce() throws(CustodyError) -> Keyring? {
        try checkDirectory()
        let descriptor = unsafe open(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else {
            switch errno {
            case ENOENT:
                throw .misconfigured("there is no keyring at \(file); put the store's keyring back there, or name it with --kek file:PATH")
            case ELOOP: throw .misconfigured("\(file) is a symbolic link; name the keyring's real path with --kek file:PATH")
            case EACCES: throw .misconfigured("\(file) cannot be read; run: chown \(geteuid()) \(file) && chmod 600 \(file)")
            default: throw Self.failure("cannot open \(file)")
            }
        }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw Self.failure("cannot read the state of \(file)") }
        try checkFile(status)
        guard (1...Keyring.maximumCount).contains(Int(status.st_size)) else {
            throw .misconfigured("\(file) is no keyring: it has \(status.st_size) bytes; put the store's keyring back there")
        }
        let text = try SecretBytes(count: Int(status.st_size)) { (text) throws(CustodyError) in
            try unsafe text.withUnsafeMutableBytes { (buffer) throws(CustodyError) in try unsafe Self.fill(buffer, from: descriptor, file) }
        }
        var now = stat()
        guard unsafe lstat(file, &now) == 0, now.st_ino == status.st_ino, now.st_dev == status.st_dev else { return nil }
        do throws(KeyringFormatError) { return try Keyring(parsing: text) } catch {
            throw .misconfigured("\(file), line \(error.line): \(error.reason); put the store's keyring back there")
        }
    }

    /// Puts a new file in place, whole and durable or not at all.
    /// - Returns: `false` where a file stood there already, which is left as it is.
    func write(_ text: borrowing SecretBytes, holding lock: borrowing CustodyLock) throws(CustodyError) -> Bool {
        let part = workingName
        defer { unsafe unlink(part) }
        try write(text, toNew: part)
        // A link, unlike a rename, never replaces what stands at the name.
        guard unsafe link(part, file) == 0 else {
            if errno == EEXIST { return false }
            throw Self.failure("cannot make \(file)")
        }
        try lock.synchronize(directory)
        return true
    }

    private static func fill(
        _ buffer: UnsafeMutableRawBufferPointer, from descriptor: Int32, _ file: String
    ) throws(CustodyError) {
        var done = 0
        while done < buffer.count {
            let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
            let count = unsafe Glibc.read(descriptor, rest.baseAddress, rest.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure("cannot read \(file)") }
            guard count > 0 else { throw .unreachable("\(file) changed while it was read") }
            done += count
        }
    }

    static func write(_ buffer: UnsafeRawBufferPointer, to descriptor: Int32, _ file: String) throws(CustodyError) {
        var done = 0
        while done < buffer.count {
            let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[done...])
            let count = unsafe Glibc.write(descriptor, rest.baseAddress, rest.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure("cannot write \(file)") }
            done += count
        }
    }
}
