import Glibc
import Primitives
import SecretMemory

extension KeyringPath {
    static func exists(_ path: String) -> Bool {
        var status = stat()
        return unsafe lstat(path, &status) == 0
    }

    /// Reads the file straight into guarded memory and takes it apart.
    func read() throws(CustodyError) -> Keyring {
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
        do throws(KeyringFormatError) { return try Keyring(parsing: text) } catch {
            throw .misconfigured("\(file), line \(error.line): \(error.reason); put the store's keyring back there")
        }
    }

    /// Puts a new file in place, whole and durable or not at all.
    /// - Returns: `false` where a file stood there already, which is left as it is.
    func write(_ text: borrowing SecretBytes) throws(CustodyError) -> Bool {
        let part = "\(directory)/.keyring-\(unsafe Hex.encode(Random.bytes(8).span.bytes))"
        let descriptor = unsafe open(part, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Self.failure("cannot write \(part)") }
        defer { unsafe unlink(part) }
        do throws(CustodyError) {
            try text.withBytes { (text) throws(CustodyError) in
                try unsafe text.withUnsafeBytes { (buffer) throws(CustodyError) in try unsafe Self.write(buffer, to: descriptor, part) }
            }
            guard fsync(descriptor) == 0 else { throw Self.failure("cannot synchronize \(part)") }
        } catch {
            close(descriptor)
            throw error
        }
        guard close(descriptor) == 0 else { throw Self.failure("cannot write \(part)") }
        // A link, unlike a rename, never replaces what stands at the name.
        guard unsafe link(part, file) == 0 else {
            if errno == EEXIST { return false }
            throw Self.failure("cannot make \(file)")
        }
        let parent = unsafe open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard parent >= 0 else { throw Self.failure("cannot open \(directory)") }
        defer { close(parent) }
        guard fsync(parent) == 0 else { throw Self.failure("cannot synchronize \(directory)") }
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

    private static func write(_ buffer: UnsafeRawBufferPointer, to descriptor: Int32, _ file: String) throws(CustodyError) {
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
