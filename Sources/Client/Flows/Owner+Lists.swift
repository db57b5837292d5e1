package import Model

extension Owner {
    /// Every provider key, revoked ones included.
    package func listKeys() async throws(ClientError) -> KeyMessages.List {
        try await vault.connection.get("/v1/keys", bearer: bearer, as: KeyMessages.List.self)
    }

    /// Sessions of the account, ended ones for a while too.
    package func listSessions() async throws(ClientError) -> SessionMessages.List {
        try await vault.connection.get("/v1/sessions", bearer: bearer, as: SessionMessages.List.self)
    }

    /// Sums of calls.
    /// - Parameters:
    ///   - since: seconds since 1970; `nil` for everything kept.
    ///   - dimensions: what calls are told apart by; at least one.
    package func usage(since: UInt64?, by dimensions: Set<UsageMessages.Dimension>) async throws(ClientError) -> UsageMessages.List {
        let query = "?by=\(dimensions.names)" + (since.map { "&since=\($0)" } ?? "")
        return try await vault.connection.get("/v1/usage" + query, bearer: bearer, as: UsageMessages.List.self)
    }

    /// Revokes a key: calls with it end within a second, its ciphertext is deleted.
    package func revokeKey(_ alias: Alias) async throws(ClientError) -> KeyMessages.List {
        try await vault.connection.post("/v1/keys/\(alias)/revoke", bearer: bearer, as: KeyMessages.List.self)
    }

    /// Ends a session: its calls end within a second.
    package func revokeSession(_ id: SessionID) async throws(ClientError) -> SessionMessages.Session {
        try await vault.connection.post("/v1/sessions/\(id)/revoke", bearer: bearer, as: SessionMessages.Session.self)
    }

    /// Ends every session of the account.
    /// - Returns: those that were live.
    package func lock() async throws(ClientError) -> SessionMessages.List {
        try await vault.connection.post("/v1/lock", bearer: bearer, as: SessionMessages.List.self)
    }
}
