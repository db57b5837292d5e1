import Glibc

/// Which custodies a store uses, for the other stores of this machine: one file a store beside the move files, a URI a line. Stores share
/// a keyring as soon as they are started without `--kek`, and what one retires the other would lose.
package struct CustodyClaim: Sendable {
    private static let prefix = "kek-used-"
    private static let maximumCount = 8192

    let path: String
    private let directory: String

    /// - Parameter name: of the store; a file name's worth of base64url.
    package init(directory: String, name: String) {
        self.directory = directory
        path = "\(directory)/\(Self.prefix)\(name)"
    }

    /// Puts the URIs in the place of what stood there, in a directory that is there; nothing is written where they stand there already.
    /// - Throws: `.misconfigured`, `.unreachable`.
    package func write(_ uris: [String]) throws(CustodyError) {
        let text = uris.map { $0 + "\n" }.joined()
        guard try Self.read(path) != text else { return }
        let temporary = "\(path).\(getpid())"
        _ = unsafe unlink(temporary)
        let descriptor = unsafe open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw KeyringPath.failure("cannot make \(temporary)") }
        let bytes = Array(text.utf8)
        let isWritten = unsafe Glibc.write(descriptor, bytes, bytes.count) == bytes.count && fsync(descriptor) == 0
        close(descriptor)
        guard unsafe isWritten && rename(temporary, path) == 0 else {
            let error = KeyringPath.failure("cannot write \(path)")
            _ = unsafe unlink(temporary)
            throw error
        }
    }

    /// The files of other stores that name `uri`.
    /// - Throws: where one cannot be read, so that it might name it.
    package func others(naming uri: String) throws(CustodyError) -> [String] {
        guard let stream = unsafe opendir(directory) else {
            if errno == ENOENT { return [] }
            throw KeyringPath.failure("cannot list \(directory)")
        }
        defer { unsafe closedir(stream) }
        var found: [String] = []
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
                unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            let other = "\(directory)/\(name)"
            // What stands behind a dot is on its way and has its final name beside it.
            guard name.hasPrefix(Self.prefix), !name.contains("."), other != path else { continue }
            let uris = try Self.read(other) ?? ""
            if uris.split(separator: "\n").contains(Substring(uri)) { found.append(other) }
        }
        return found.sorted()
    }

    /// `nil` where there is no such file.
    private static func read(_ path: String) throws(CustodyError) -> String? {
        let descriptor = unsafe open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw KeyringPath.failure("cannot read \(path)")
        }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: maximumCount + 1)
        let count = unsafe Glibc.read(descriptor, &bytes, bytes.count)
        guard (0...maximumCount).contains(count) else { throw .misconfigured("\(path) is no list of custodies; run: rm \(path)") }
        return String(decoding: bytes.prefix(count), as: UTF8.self)
    }
}

extension CustodyMoveFile {
    /// Of the same store.
    var claim: CustodyClaim {
        let name = path.split(separator: "/").last?.dropFirst("kek-move-".count) ?? ""
        return CustodyClaim(directory: directory, name: String(name))
    }
}
