import Glibc

/// The environment by name. Only variables of our own and of the system are ever read: others may hold secrets that must not become text.
enum ProcessEnvironment {
    /// What a client reads.
    static let clientNames = [
        "TACIT_URL", "TACIT_ACCOUNT", "TACIT_ACCESS_FILE", "TACIT_CA_FILE", "HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR",
    ]

    /// The values of those variables that are set.
    static func values(_ names: [String]) -> [String: String] {
        var values: [String: String] = [:]
        for name in names {
            guard let value = unsafe getenv(name) else { continue }
            unsafe values[name] = String(cString: value)
        }
        return values
    }

    /// Whether a variable is set to something that is no session token; of its value only the first bytes are looked at.
    static func holdsForeignKey(_ name: String) -> Bool {
        guard let value = unsafe getenv(name), unsafe value[0] != 0 else { return false }
        return unsafe strncmp(value, "tct_", 4) != 0
    }
}
