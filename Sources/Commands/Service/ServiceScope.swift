import Client

/// Whose service manager runs the broker.
enum ServiceScope: Sendable {
    /// The machine's: a user `tacit` of its own, data in `/var/lib/tacit`, keyring in `/etc/tacit`.
    case system
    /// This user's own; data and keyring where `tacit serve` puts them.
    case user

    /// Where the manager looks for units an administrator made, or this user.
    /// - Parameter environment: `XDG_CONFIG_HOME`, `HOME`.
    func unitDirectory(environment: [String: String]) throws(ClientError) -> String {
        switch self {
        case .system: return "/etc/systemd/system"
        case .user:
            func directory(_ name: String) -> String? { environment[name].flatMap { $0.hasPrefix("/") ? $0 : nil } }
            guard let base = directory("XDG_CONFIG_HOME") ?? directory("HOME").map({ $0 + "/.config" }) else {
                throw .system("neither XDG_CONFIG_HOME nor HOME says where your units are; set HOME")
            }
            return base + "/systemd/user"
        }
    }

    /// What precedes the verb in a call of systemctl.
    var systemctl: [String] { self == .user ? ["systemctl", "--user"] : ["systemctl"] }

    /// The same for people to paste.
    var systemctlText: String { self == .user ? "systemctl --user" : "sudo systemctl" }
}
