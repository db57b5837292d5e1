import ArgumentParser
import Client
import Model

/// `tacit lease list`.
struct LeaseListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List leases.", discussion: "Over the control socket no passphrase is needed.")

    @Flag(help: "Show those that are over, too.")
    var all = false

    @OptionGroup var output: JSONOption

    func run() async throws {
        let leases = try await Leases.open(in: try ClientContext())
        let list: [SessionMessages.Session]
        do { list = try await leases.list() } catch {
            await leases.end()
            throw error
        }
        await leases.end()
        if output.json { return try Output.json(SessionMessages.List(sessions: list)) }
        let now = TimeText.now()
        let shown = list.filter { all || $0.revokedAt == nil && $0.expiresAt > now }
        guard !shown.isEmpty else { return Output.words("No leases. run: tacit lease create NAME --keys ALIAS --token-file FILE") }
        Output.table(
            ["NAME", "SESSION", "LEFT", "KEYS", "LIMITS"],
            shown.map { lease in
                [
                    lease.label, lease.sessionID.description,
                    lease.revokedAt == nil ? TimeText.left(until: lease.expiresAt, now: now) : "revoked",
                    lease.aliases.map(\.text).joined(separator: ","), PolicyText.text(lease.policy),
                ]
            })
    }
}
