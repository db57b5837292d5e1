import ArgumentParser
import Client
import Model

/// `tacit sessions`.
struct SessionsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sessions", abstract: "List the account's sessions.",
        discussion: "Over the control socket no passphrase is needed.")

    @Flag(help: "Show those that are over, too.")
    var all = false

    @OptionGroup var output: JSONOption

    func run() async throws {
        let context = try ClientContext()
        let list: SessionMessages.List
        if let operatorAccess = Operator(context.connection) {
            list = try await operatorAccess.sessions(of: try context.account().name)
        } else {
            let owner = try await context.login()
            list = try await owner.listSessions()
            await owner.logout()
        }
        if output.json { return try Output.json(list) }
        let now = TimeText.now()
        let shown = list.sessions.filter { all || $0.revokedAt == nil && $0.expiresAt > now }
        guard !shown.isEmpty else { return Output.words("No sessions. run: tacit unlock") }
        Output.table(
            ["SESSION", "LEFT", "KEYS", "LIMITS", "LABEL"],
            shown.map { session in
                [
                    session.sessionID.description, session.revokedAt == nil ? TimeText.left(until: session.expiresAt, now: now) : "revoked",
                    session.aliases.map(\.text).joined(separator: ","), PolicyText.text(session.policy), session.label,
                ]
            })
    }
}
