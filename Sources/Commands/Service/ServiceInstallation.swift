import Client
import Glibc

/// Puts unit files in place and tells the service manager.
struct ServiceInstallation: Sendable {
    let scope: ServiceScope
    /// Where the units go.
    let directory: String

    static let systemUser = "tacit"
    static let keyringDirectory = "/etc/tacit"
    private static let usersFile = "/etc/sysusers.d/tacit.conf"

    /// Whether systemd is this machine's init; in a container it mostly is not.
    static var isManagerRunning: Bool { FileExistence.of("/run/systemd/system") }

    /// Writes units, each whole; what stands there already is replaced.
    func write(_ files: [(name: String, text: String)]) throws(ClientError) {
        try Self.makeDirectory(directory)
        for file in files { try Self.replace(directory + "/" + file.name, with: file.text) }
    }

    /// Removes units; one that is missing is no error.
    /// - Returns: names of those that were there.
    func remove(_ names: [String]) throws(ClientError) -> [String] {
        var removed: [String] = []
        for name in names {
            if unsafe unlink(directory + "/" + name) == 0 {
                removed.append(name)
            } else if errno != ENOENT {
                throw .file(path: directory + "/" + name, reason: SystemError.text(errno))
            }
        }
        return removed
    }

    /// Makes the user the system's broker runs as, and the directory of its keyring, which is that user's alone.
    func makeSystemUser() async throws(ClientError) {
        try Self.makeDirectory("/etc/sysusers.d")
        try Self.replace(Self.usersFile, with: "u \(Self.systemUser) - \"Tacit broker\" /var/lib/tacit\n")
        guard try await QuietProcess.run(["systemd-sysusers", Self.usersFile]) == 0,
            let entry = unsafe getpwnam(Self.systemUser)
        else { throw .system("systemd-sysusers could not make the user \(Self.systemUser); run: systemd-sysusers \(Self.usersFile)") }
        let (user, group) = unsafe (entry.pointee.pw_uid, entry.pointee.pw_gid)
        if unsafe mkdir(Self.keyringDirectory, 0o700) != 0, errno != EEXIST {
            throw .file(path: Self.keyringDirectory, reason: SystemError.text(errno))
        }
        guard unsafe lchown(Self.keyringDirectory, user, group) == 0 else {
            throw .file(path: Self.keyringDirectory, reason: SystemError.text(errno))
        }
    }

    /// Runs systemctl.
    /// - Throws: `.system` with the command to run by hand.
    func systemctl(_ arguments: [String]) async throws(ClientError) {
        guard try await QuietProcess.run(scope.systemctl + arguments) == 0 else {
            throw .system("systemctl failed\nrun: \(scope.systemctlText) \(arguments.joined(separator: " "))")
        }
    }

    /// Units are for everybody to read.
    private static func replace(_ path: String, with text: String) throws(ClientError) {
        let temporary = "\(path).\(getpid())"
        _ = unsafe unlink(temporary)
        let descriptor = unsafe open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o644)
        guard descriptor >= 0 else { throw .file(path: temporary, reason: reason(errno)) }
        DescriptorWriter.write(text, to: descriptor)
        let failure = fchmod(descriptor, 0o644) == 0 && fsync(descriptor) == 0 ? nil : errno
        close(descriptor)
        if let failure = unsafe failure ?? (rename(temporary, path) == 0 ? nil : errno) {
            _ = unsafe unlink(temporary)
            throw .file(path: path, reason: reason(failure))
        }
    }

    private static func makeDirectory(_ path: String) throws(ClientError) {
        if unsafe mkdir(path, 0o755) == 0 {
            _ = unsafe chmod(path, 0o755)
            return
        }
        if errno == EEXIST { return }
        guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex else {
            throw .file(path: path, reason: reason(errno))
        }
        try makeDirectory(String(path[..<slash]))
        guard unsafe mkdir(path, 0o755) == 0 || errno == EEXIST else { throw .file(path: path, reason: reason(errno)) }
    }

    private static func reason(_ code: Int32) -> String {
        SystemError.text(code) + (code == EACCES ? "; for your own service manager add --user, else use sudo" : "")
    }
}
