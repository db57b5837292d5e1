import Glibc

/// Where files of Tacit are by default, after the XDG Base Directory Specification. Nothing is created here.
package struct ClientPaths: Sendable {
    /// The broker's data: `$XDG_DATA_HOME/tacit`, else `/var/lib/tacit` for root, else `~/.local/share/tacit`.
    package let dataDirectory: String
    /// The broker's keyring: `$XDG_CONFIG_HOME/tacit/keyring`, else `/etc/tacit/keyring` for root, else `~/.config/tacit/keyring`.
    package let keyring: String
    /// The accounts this user has seen: `$XDG_CONFIG_HOME/tacit/known_accounts`, else `~/.config/tacit/known_accounts`.
    package let knownAccounts: String
    /// `$XDG_RUNTIME_DIR/tacit`, where session tokens are cached; `nil` where that is unset: then nowhere.
    package let tokenDirectory: String?

    /// - Parameters:
    ///   - environment: `XDG_*` and `HOME`; relative paths count as unset, as the specification says.
    ///   - userID: whose defaults.
    ///   - home: of that user, for when `HOME` is unset.
    package init(environment: [String: String], userID: UInt32, home: String) {
        func directory(_ name: String) -> String? {
            environment[name].flatMap { $0.hasPrefix("/") ? $0 : nil }
        }
        let home = directory("HOME") ?? home
        let isRoot = userID == 0
        let config = directory("XDG_CONFIG_HOME")
        dataDirectory = directory("XDG_DATA_HOME").map { $0 + "/tacit" } ?? (isRoot ? "/var/lib/tacit" : home + "/.local/share/tacit")
        keyring = config.map { $0 + "/tacit/keyring" } ?? (isRoot ? "/etc/tacit/keyring" : home + "/.config/tacit/keyring")
        knownAccounts = (config ?? home + "/.config") + "/tacit/known_accounts"
        tokenDirectory = directory("XDG_RUNTIME_DIR").map { $0 + "/tacit" }
    }

    /// The defaults of the user this process runs as.
    package init(environment: [String: String]) {
        let userID = geteuid()
        self.init(environment: environment, userID: userID, home: Self.home(of: userID))
    }

    /// The control socket of the default data directory.
    package var controlSocket: String { dataDirectory + "/control.sock" }

    private static func home(of userID: UInt32) -> String {
        guard let entry = unsafe getpwuid(userID), let directory = unsafe entry.pointee.pw_dir else { return "/" }
        return unsafe String(cString: directory)
    }
}
