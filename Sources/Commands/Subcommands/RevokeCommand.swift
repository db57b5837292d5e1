import ArgumentParser
import Client
import Model

/// `tacit revoke`.
struct RevokeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "End a session, a key or an access file, at once.",
        discussion: """
            Over the control socket no passphrase is needed: the operator may always revoke. Neither is one with an access file that may \
            revoke (TACIT_ACCESS_FILE).
            """,
        subcommands: [RevokeSessionCommand.self, RevokeKeyCommand.self, RevokeAccessCommand.self])
}

/// `tacit revoke session`.
struct RevokeSessionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "session", abstract: "End a session; its running calls end within a second.")

    @Argument(help: "The id, as tacit sessions shows it.")
    var id: SessionID

    func run() async throws {
        let context = try ClientContext()
        let session: SessionMessages.Session
        if let job = try await context.job() {
            session = try await job.revokeSession(id)
        } else if let operatorAccess = Operator(context.connection) {
            session = try await operatorAccess.revokeSession(id)
        } else {
            let owner = try await context.login()
            session = try await owner.revokeSession(id)
            await owner.logout()
        }
        Output.words("Session \(session.sessionID) is over.")
    }
}

/// `tacit revoke key`.
struct RevokeKeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key", abstract: "Revoke a key; calls with it end within a second and its ciphertext is deleted.",
        discussion: "This ends the key here. At the provider it stays valid: delete it there too.")

    @Argument(help: "The key's alias.")
    var alias: Alias

    func run() async throws {
        let context = try ClientContext()
        if let job = try await context.job() {
            _ = try await job.revokeKey(alias)
        } else if let operatorAccess = Operator(context.connection) {
            _ = try await operatorAccess.revokeKey(alias, of: try context.account().name)
        } else {
            let owner = try await context.login()
            _ = try await owner.revokeKey(alias)
            await owner.logout()
        }
        Output.words("Key \(alias) is revoked. It is still valid at the provider: delete it there too.")
    }
}
