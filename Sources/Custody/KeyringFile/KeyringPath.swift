import Glibc

/// Where a keyring lies, as the operating system sees it: a file of ours that nobody else can read, in a directory of ours that nobody
/// else can enter, and not inside the data directory, where a copy of the database would take it along.
struct KeyringPath: Sendable {
    let file: String
    let directory: String
    /// The file without symbolic links or `..` on the way to it.
    let canonical: String

    /// - Throws: `.misconfigured` for a path inside `dataDirectory`.
    init(_ path: String, dataDirectory: String) throws(CustodyError) {
        guard !path.isEmpty, !path.hasSuffix("/"), !path.utf8.contains(0) else {
            throw .misconfigured("'\(path)' is not a file's path; run: tacit serve --kek file:PATH")
        }
        file = path
        let parent = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        directory = path.contains("/") ? (parent.isEmpty ? "/" : parent) : "."
        let data = Self.resolved(dataDirectory)
        let place = Self.resolved(directory)
        guard place != data, !place.hasPrefix(data == "/" ? "/" : data + "/") else {
            throw .misconfigured(
                "the keyring \(path) lies inside the data directory, so that whoever copies the data has the key; "
                    + "run: tacit serve --kek file:PATH with a path outside \(dataDirectory)")
        }
        let name = path.split(separator: "/").last.map(String.init) ?? path
        guard !name.hasPrefix(Self.workingPrefix) else {
            throw .misconfigured(
                "names that begin with \(Self.workingPrefix) are for files on their way in or out; run: tacit serve --kek file:PATH")
        }
        canonical = (place == "/" ? "" : place) + "/" + name
    }

    /// Makes the directory and what is missing above it, mode 0700.
    func makeDirectory() throws(CustodyError) {
        var partial = directory.hasPrefix("/") ? "/" : ""
        for part in directory.split(separator: "/") {
            partial += (partial.isEmpty || partial.hasSuffix("/") ? "" : "/") + part
            guard unsafe mkdir(partial, 0o700) != 0, errno != EEXIST else { continue }
            throw Self.failure("cannot make the directory \(partial)")
        }
    }

    func checkDirectory() throws(CustodyError) {
        var status = stat()
        guard unsafe lstat(directory, &status) == 0 else { throw Self.failure("cannot read the state of \(directory)") }
        guard status.st_mode & S_IFMT == S_IFDIR else { throw .misconfigured("\(directory) is not a directory itself; name its real path") }
        try Self.checkOwner(status, directory)
        guard status.st_mode & 0o077 == 0 else {
            throw .misconfigured("the keyring's directory \(directory) is open to other users; run: chmod 700 \(directory)")
        }
    }

    /// - Parameter status: of the file that was opened.
    func checkFile(_ status: stat) throws(CustodyError) {
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw .misconfigured("\(file) is not a regular file; name the keyring's real path")
        }
        try Self.checkOwner(status, file)
        guard status.st_mode & 0o077 == 0 else {
            throw .misconfigured("the keyring \(file) is open to other users; run: chmod 600 \(file)")
        }
    }

    /// What `errno` says now: a path that is wrong, or a disk that does not answer.
    /// - Parameter what: ends with the path.
    static func failure(_ what: String) -> CustodyError {
        let code = errno
        let text = "\(what): \(unsafe String(cString: strerror(code)))"
        let path = what.firstIndex(of: "/").map { what[$0...] } ?? "."
        return switch code {
        case ENOENT, ENOTDIR, EACCES, EPERM, ELOOP, EROFS: .misconfigured("\(text); run: namei -l \(path)")
        case ENOSPC, EDQUOT: .unreachable("\(text); run: df -h, and free space")
        default: .unreachable("\(text); run: namei -l \(path)")
        }
    }

    private static func checkOwner(_ status: stat, _ path: String) throws(CustodyError) {
        guard status.st_uid == geteuid() else { throw .misconfigured("\(path) belongs to another user; run: chown \(geteuid()) \(path)") }
    }

    /// The path without symbolic links, as far as it exists; what does not exist yet is appended.
    private static func resolved(_ path: String) -> String {
        var existing = path.isEmpty ? "." : path
        var missing = ""
        while true {
            if let real = unsafe realpath(existing, nil) {
                defer { unsafe free(real) }
                let text = unsafe String(cString: real)
                return missing.isEmpty ? text : (text == "/" ? "" : text) + missing
            }
            let parts = existing.split(separator: "/", omittingEmptySubsequences: true)
            guard let last = parts.last else { return path }
            missing = "/" + last + missing
            let parent = parts.dropLast().joined(separator: "/")
            existing = existing.hasPrefix("/") ? "/" + parent : (parent.isEmpty ? "." : parent)
        }
    }
}
