package import Model

/// What whoever can open the control socket may do, without a secret of any account.
package struct Operator: Sendable {
    let connection: BrokerConnection

    /// `nil` over TCP: there is no operator there.
    package init?(_ connection: BrokerConnection) {
        guard connection.isControlSocket else { return nil }
        self.connection = connection
    }

    /// A one-time right to create an account, good for 24 h.
    package func invite() async throws(ClientError) -> AccountMessages.Invitation {
        try await connection.post("/v1/invitations", as: AccountMessages.Invitation.self)
    }

    /// The last records of the audit log, oldest first.
    package func audit(last: Int) async throws(ClientError) -> InfoMessages.AuditList {
        try await connection.get("/v1/audit?last=\(last)", as: InfoMessages.AuditList.self)
    }

    /// Sessions of one account.
    package func sessions(of account: AccountName) async throws(ClientError) -> SessionMessages.List {
        try await connection.get("/v1/sessions?account=\(Self.encoded(account))", as: SessionMessages.List.self)
    }

    /// Sums of calls of one account.
    package func usage(
        of account: AccountName, since: UInt64?, by dimensions: Set<UsageMessages.Dimension>
    ) async throws(ClientError) -> UsageMessages.List {
        let query = "by=\(dimensions.names)" + (since.map { "&since=\($0)" } ?? "")
        return try await connection.get("/v1/usage?account=\(Self.encoded(account))&\(query)", as: UsageMessages.List.self)
    }

    /// Ends a session of any account.
    package func revokeSession(_ id: SessionID) async throws(ClientError) -> SessionMessages.Session {
        try await connection.post("/v1/sessions/\(id)/revoke", as: SessionMessages.Session.self)
    }

    /// Revokes a key of an account.
    package func revokeKey(_ alias: Alias, of account: AccountName) async throws(ClientError) -> KeyMessages.List {
        try await connection.post("/v1/keys/\(alias)/revoke?account=\(Self.encoded(account))", as: KeyMessages.List.self)
    }

    /// Access files of one account, revoked ones included.
    package func access(of account: AccountName) async throws(ClientError) -> AccessMessages.List {
        try await connection.get("/v1/access?account=\(Self.encoded(account))", as: AccessMessages.List.self)
    }

    /// Ends an access file of any account.
    package func revokeAccess(_ id: WriterID) async throws(ClientError) -> AccessMessages.List {
        try await connection.post("/v1/access/\(id)/revoke", as: AccessMessages.List.self)
    }

    /// `+` would be read as a space and `@` is legal but easily mistaken.
    private static func encoded(_ account: AccountName) -> String {
        account.text.replacing("+", with: "%2B").replacing("@", with: "%40")
    }
}
