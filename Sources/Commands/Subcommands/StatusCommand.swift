import ArgumentParser
import Client
import Model

/// `tacit status`.
struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show the broker, and the session kept on this machine.",
        discussion: "No passphrase is needed. Ends with 5 where the broker is not ready.")

    /// What `--json` prints.
    struct Report: Codable {
        var broker: String
        var info: InfoMessages.Info
        var readiness: InfoMessages.Readiness
        var session: CachedToken?
    }

    @OptionGroup var output: JSONOption

    func run() async throws {
        let context = try ClientContext()
        let info = try await context.connection.get("/v1/info", as: InfoMessages.Info.self)
        let readiness = try await context.connection.readiness()
        let report = Report(broker: context.broker, info: info, readiness: readiness, session: try await Self.session(context))
        output.json ? try Output.json(report) : Self.show(report)
        if readiness.status != "ready" || !DataPlane.isOpen(info) {
            throw CheckFailed(status: readiness.integrity.isEmpty ? .unreachable : .integrity)
        }
    }

    private static func session(_ context: ClientContext) async throws(ClientError) -> CachedToken? {
        guard let account = try? context.account().name,
            let loaded = try context.tokens.load(broker: context.broker, account: account)
        else { return nil }
        do { _ = try await context.connection.session(of: loaded.token) } catch {
            guard case .refused(401, _, _) = error else { throw error }
            return nil
        }
        return loaded.description
    }

    private static func show(_ report: Report) {
        Output.data("broker    \(report.broker), version \(report.info.version), store \(report.info.storeID)")
        Output.data("proxy     \(report.info.proxyURL)")
        Output.data(
            "state     \(report.readiness.status); KEK \(report.readiness.kek); memory \(report.readiness.memoryLocked ? "locked" : "not locked")"
        )
        for fault in report.readiness.integrity { Output.data("integrity \(fault)") }
        if let session = report.session {
            let left = TimeText.left(until: session.expiresAt, now: TimeText.now())
            Output.data("session   \(session.keys.map(\.alias.text).joined(separator: ", ")) for \(session.account), \(left) left")
        } else {
            Output.data("session   none; run: tacit unlock")
        }
    }
}
