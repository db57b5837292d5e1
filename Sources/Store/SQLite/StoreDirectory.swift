import Glibc

/// The files of the store as the operating system sees them: a directory of ours that nobody else can enter, a database that nobody
/// else can read. SQLite gives the -wal and -shm files the database's own mode.
enum StoreDirectory {
    static let databaseName = "tacit.db"

    /// Makes `path` and what is missing above it, mode 0700; one that is there is only checked.
    static func make(_ path: String) throws(StoreError) {
        var partial = path.hasPrefix("/") ? "/" : ""
        for part in path.split(separator: "/") {
            partial += (partial.isEmpty || partial.hasSuffix("/") ? "" : "/") + part
            guard unsafe mkdir(partial, 0o700) != 0, errno != EEXIST else { continue }
            throw failure("cannot make the directory \(partial)", errno)
        }
        try check(directory: path)
    }

    /// Checks the directory, makes the database file where there is none, and checks it and its companions.
    /// - Returns: the database's path.
    static func prepare(_ directory: String) throws(StoreError) -> String {
        try check(directory: directory)
        let path = directory + "/" + databaseName
        // Not opened where it exists: closing any descriptor of a file drops the locks this process holds on it through another one.
        let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        if descriptor >= 0 {
            close(descriptor)
            try synchronize(directory: directory)
        } else if errno != EEXIST {
            throw failure("cannot make \(path)", errno)
        }
        try checkFiles(path)
        return path
    }

    /// Checks mode and owner of the database and of its -wal and -shm files where those are there.
    static func checkFiles(_ path: String) throws(StoreError) {
        for (file, isRequired) in [(path, true), (path + "-wal", false), (path + "-shm", false)] {
            var status = stat()
            guard unsafe lstat(file, &status) == 0 else {
                if errno == ENOENT, !isRequired { continue }
                throw failure("cannot read the state of \(file)", errno)
            }
            guard status.st_mode & S_IFMT == S_IFREG else { throw .unavailable("\(file) is not a regular file") }
            guard status.st_uid == geteuid() else { throw .unavailable("\(file) belongs to another user; run: chown \(geteuid()) \(file)") }
            guard status.st_mode & 0o077 == 0 else { throw .unavailable("\(file) is open to other users; run: chmod 600 \(file)") }
        }
    }

    /// Whether a file is not there or has no byte.
    static func isEmpty(_ path: String) throws(StoreError) -> Bool {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else {
            guard errno == ENOENT else { throw failure("cannot read the state of \(path)", errno) }
            return true
        }
        return status.st_size == 0
    }

    private static func check(directory: String) throws(StoreError) {
        var status = stat()
        guard unsafe lstat(directory, &status) == 0 else { throw failure("cannot read the state of \(directory)", errno) }
        guard status.st_mode & S_IFMT == S_IFDIR else { throw .unavailable("\(directory) is not a directory") }
        guard status.st_uid == geteuid() else {
            throw .unavailable("\(directory) belongs to another user; run: chown \(geteuid()) \(directory)")
        }
        guard status.st_mode & 0o077 == 0 else { throw .unavailable("\(directory) is open to other users; run: chmod 700 \(directory)") }
    }

    /// Makes a new name in the directory durable.
    private static func synchronize(directory: String) throws(StoreError) {
        let descriptor = unsafe open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("cannot open \(directory)", errno) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure("cannot synchronize \(directory)", errno) }
    }

    static func failure(_ what: String, _ code: Int32) -> StoreError {
        code == ENOSPC || code == EDQUOT ? .full : .unavailable("\(what): \(unsafe String(cString: strerror(code)))")
    }
}
