import ArgumentParser
import Client
import Model

/// `tacit lease revoke`.
struct LeaseRevokeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "End a lease; its running calls end within a second.",
        discussion: "Over the control socket no passphrase is needed.")

    @Argument(help: "Its name or id, as tacit lease list shows it; all live leases of a name end.")
    var lease: String

    func run() async throws {
        let leases = try await Leases.open(in: try ClientContext())
        do {
            let now = TimeText.now()
            let found = try await leases.list().filter {
                $0.revokedAt == nil && $0.expiresAt > now && ($0.label == lease || $0.sessionID.description == lease)
            }
            guard !found.isEmpty else {
                throw ClientError.notFound("there is no live lease \(lease.debugDescription)\nrun: tacit lease list")
            }
            for session in found {
                try await leases.revoke(session.sessionID)
                Output.words("Lease \(session.label) (\(session.sessionID)) is over.")
            }
            await leases.end()
        } catch {
            await leases.end()
            throw error
        }
    }
}
