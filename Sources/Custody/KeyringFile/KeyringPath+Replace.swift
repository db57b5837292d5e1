import Glibc
import Primitives
import SecretMemory

/// Changing a keyring: a whole new file takes the name, and every byte of the old one is overwritten before its last name goes.
///
/// Names of files that are on their way in or out begin with `.keyring-`. Who holds the lock owns them: what an interrupted change left
/// there is overwritten and removed by the next one. What a file system with snapshots, or a disk that moves its blocks, keeps of the
/// overwritten bytes is out of reach from here.
extension KeyringPath {
    static let workingPrefix = ".keyring-"

    /// A name for a file on its way in or out.
    var workingName: String { "\(directory)/\(Self.workingPrefix)\(unsafe Hex.encode(Random.bytes(8).span.bytes))" }

    /// Puts `text` in the place of the keyring, durably, and overwrites what was there.
    func replace(with text: borrowing SecretBytes, holding lock: borrowing CustodyLock) throws(CustodyError) {
        let new = workingName
        let old = workingName
        do throws(CustodyError) {
            try write(text, toNew: new)
            // A second name keeps the old bytes reachable for overwriting, even after a crash in the middle.
            guard unsafe link(file, old) == 0 else { throw Self.failure("cannot make \(old)") }
            guard unsafe rename(new, file) == 0 else { throw Self.failure("cannot replace \(file)") }
        } catch {
            try? removeLeftovers(holding: lock)
            throw error
        }
        try lock.synchronize(directory)
        try removeLeftovers(holding: lock)
    }

    /// Overwrites and removes what an interrupted change left; a second name of a file is only removed.
    /// - Throws: `.misconfigured` where the keyring has further names, under which its old bytes would stay or a copy would be lost.
    func removeLeftovers(holding lock: borrowing CustodyLock) throws(CustodyError) {
        var current = stat()
        let exists = unsafe lstat(file, &current) == 0
        var removed = false
        let names = try Self.names(in: directory)
        for name in names where name.hasPrefix(Self.workingPrefix) {
            let path = "\(directory)/\(name)"
            var status = stat()
            guard unsafe lstat(path, &status) == 0 else { continue }
            if status.st_mode & S_IFMT == S_IFREG {
                // With a name besides, it may be a keyring that is used, this one or another of the directory.
                if status.st_nlink == 1 { try Self.overwrite(path) } else { try requireOwnNames(of: status, among: names, path) }
            }
            guard unsafe unlink(path) == 0 else { throw Self.failure("cannot remove \(path)") }
            removed = true
        }
        if removed { try lock.synchronize(directory) }
        guard exists, unsafe lstat(file, &current) == 0, current.st_nlink > 1 else { return }
        throw .misconfigured(
            "the keyring \(file) has \(current.st_nlink) names (hard links), and changing it would spoil the others; "
                + "run: find / -xdev -samefile \(file)")
    }

    /// - Throws: `.misconfigured` where a file has names outside this directory: its bytes would stay there.
    private func requireOwnNames(of file: stat, among names: [String], _ path: String) throws(CustodyError) {
        let own = names.count { name in
            var status = stat()
            return unsafe lstat("\(directory)/\(name)", &status) == 0 && status.st_ino == file.st_ino && status.st_dev == file.st_dev
        }
        guard own < file.st_nlink else { return }
        throw .misconfigured(
            "\(path) is what a broken-off change left of a keyring, and has names elsewhere under which its bytes would stay; "
                + "run: find / -xdev -samefile \(path)")
    }

    /// Writes a file that is not there yet, mode 0600, and makes its bytes durable.
    func write(_ text: borrowing SecretBytes, toNew path: String) throws(CustodyError) {
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Self.failure("cannot write \(path)") }
        do throws(CustodyError) {
            try text.withBytes { (text) throws(CustodyError) in
                try unsafe text.withUnsafeBytes { (buffer) throws(CustodyError) in try unsafe Self.write(buffer, to: descriptor, path) }
            }
            guard fsync(descriptor) == 0 else { throw Self.failure("cannot synchronize \(path)") }
        } catch {
            close(descriptor)
            throw error
        }
        guard close(descriptor) == 0 else { throw Self.failure("cannot write \(path)") }
    }

    /// Fills a file with zeros, in place and durably.
    private static func overwrite(_ path: String) throws(CustodyError) {
        let descriptor = unsafe open(path, O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("cannot overwrite \(path)") }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw failure("cannot overwrite \(path)") }
        let zeros = [UInt8](repeating: 0, count: 4096)
        var rest = Int(status.st_size)
        while rest > 0 {
            let count = min(rest, zeros.count)
            try unsafe zeros.span.bytes.extracting(0..<count).withUnsafeBytes { (buffer) throws(CustodyError) in
                try unsafe write(buffer, to: descriptor, path)
            }
            rest -= count
        }
        guard fsync(descriptor) == 0 else { throw failure("cannot overwrite \(path)") }
    }

    private static func names(in directory: String) throws(CustodyError) -> [String] {
        guard let stream = unsafe opendir(directory) else { throw failure("cannot list \(directory)") }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while let entry = unsafe readdir(stream) {
            names.append(
                unsafe withUnsafePointer(to: &entry.pointee.d_name) {
                    unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
                })
        }
        return names
    }
}
