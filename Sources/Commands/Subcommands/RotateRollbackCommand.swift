import ArgumentParser
import Client
import Model

/// `tacit rotate rollback`.
struct RotateRollbackCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollback", abstract: "Bring the key before the last rotation back, while its grace lasts.",
        discussion: "The version in use becomes pending; a later rotation retires it. An access file that may rotate will do.")

    @Argument(help: "The key's alias.")
    var alias: Alias

    @OptionGroup var output: JSONOption

    private struct Report: Encodable {
        var alias: Alias
        var version: UInt32
        var previous: UInt32?
    }

    func run() async throws {
        let context = try ClientContext()
        let rotating = try await Rotating.open(in: context)
        do {
            let target = try await rotating.target(alias)
            guard let back = target.key.versions.filter({ $0.state == .grace }).map(\.version).max() else {
                throw ClientError.notFound(
                    "\(alias) has no version that can be brought back\nGive it another value: tacit rotate key \(alias)")
            }
            let key = try await rotating.rotator().rollback(to: back, of: alias)
            await rotating.end()
            guard key.versions.contains(where: { $0.version == back && $0.state == .active }) else {
                throw ClientError.unusableAnswer("version \(back) is not in use")
            }
            if output.json { return try Output.json(Report(alias: alias, version: back, previous: target.active?.version)) }
            Output.data("\(alias)@\(back)")
            Output.words("Version \(back) of \(alias) is in use again.")
        } catch {
            await rotating.end()
            throw error
        }
    }
}
