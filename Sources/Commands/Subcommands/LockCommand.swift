import ArgumentParser
import Client
import Model

/// `tacit lock`.
struct LockCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lock", abstract: "End the session of tacit unlock, or every session of the account.",
        discussion:
            "Without --all no passphrase is needed, and over the control socket not with it either. Running calls end within a second.")

    @Flag(help: "End every session of the account, also those of other machines.")
    var all = false

    func run() async throws {
        let context = try ClientContext()
        all ? try await lockAll(context) : try await lockCached(context)
    }

    private func lockCached(_ context: ClientContext) async throws(ClientError) {
        let account = try context.account().name
        guard let loaded = try context.tokens.load(broker: context.broker, account: account) else {
            throw .notFound("no session is kept here\nEnd those made elsewhere with: tacit lock --all")
        }
        do {
            _ = try await context.connection.endSession(of: loaded.token)
        } catch {
            guard case .refused(401, _, _) = error else { throw error }
        }
        context.tokens.remove(broker: context.broker, account: account)
        Output.words("Locked.")
    }

    private func lockAll(_ context: ClientContext) async throws(ClientError) {
        let account = try context.account().name
        let ended: Int
        if let operatorAccess = Operator(context.connection) {
            let now = TimeText.now()
            let live = try await operatorAccess.sessions(of: account).sessions.filter { $0.revokedAt == nil && $0.expiresAt > now }
            for session in live { _ = try await operatorAccess.revokeSession(session.sessionID) }
            ended = live.count
        } else {
            let owner = try await context.login()
            ended = try await owner.lock().sessions.count
            await owner.logout()
        }
        context.tokens.remove(broker: context.broker, account: account)
        Output.words("Locked: \(ended) \(ended == 1 ? "session" : "sessions") ended.")
    }
}
