package import Model

/// What stands beside a cached session token: enough to tell whether a command can use it. Not secret.
package struct CachedToken: Codable, Hashable, Sendable {
    /// The broker as it was dialled.
    package var broker: String
    package var account: AccountName
    package var sessionID: SessionID
    package var expiresAt: UInt64
    package var keys: [Key]

    /// A key the session opens.
    package struct Key: Codable, Hashable, Sendable {
        package var alias: Alias
        /// Preset or `custom`; names the child's environment variables.
        package var provider: String

        package init(alias: Alias, provider: String) {
            self.alias = alias
            self.provider = provider
        }
    }

    package init(broker: String, account: AccountName, sessionID: SessionID, expiresAt: UInt64, keys: [Key]) {
        self.broker = broker
        self.account = account
        self.sessionID = sessionID
        self.expiresAt = expiresAt
        self.keys = keys
    }

    private enum CodingKeys: String, CodingKey {
        case broker, account, expiresAt, keys
        case sessionID = "sessionId"
    }

    /// Whether the session still lasts at least `seconds` and opens all of `aliases`.
    package func covers(_ aliases: [Alias], at now: UInt64, atLeast seconds: UInt64 = 5) -> Bool {
        let (needed, overflow) = now.addingReportingOverflow(seconds)
        return !overflow && expiresAt > needed && aliases.allSatisfy { alias in keys.contains { $0.alias == alias } }
    }
}
