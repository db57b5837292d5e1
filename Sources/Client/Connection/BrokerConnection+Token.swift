import HTTPTransport
package import Model
package import SecretMemory

extension BrokerConnection {
    /// The session a token stands for.
    /// - Parameter token: borrowed.
    /// - Throws: `.refused` with 401 for one that has ended.
    package func session(of token: borrowing SecretBytes) async throws(ClientError) -> SessionMessages.Session {
        try await get("/v1/session", bearer: try Self.bearer(token), as: SessionMessages.Session.self)
    }

    /// Ends the session a token stands for; no passphrase is needed.
    package func endSession(of token: borrowing SecretBytes) async throws(ClientError) -> SessionMessages.Session {
        try await post("/v1/session/revoke", bearer: try Self.bearer(token), as: SessionMessages.Session.self)
    }

    private static func bearer(_ token: borrowing SecretBytes) throws(ClientError) -> HTTPSecretHeader {
        do { return try HTTPSecretHeader.bearer(token) } catch { throw .invalidInput("not a session token") }
    }
}
