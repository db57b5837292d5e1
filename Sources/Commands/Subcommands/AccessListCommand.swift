import ArgumentParser
import Client
import Model

/// `tacit access list`.
struct AccessListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List access files.",
        discussion: "Over the control socket no passphrase is needed, and neither with an access file that may list.")

    @Flag(help: "Show those that are over, too.")
    var all = false

    @OptionGroup var output: JSONOption

    func run() async throws {
        let lists = try await AccessLists.open(in: try ClientContext())
        let list: AccessMessages.List
        do { list = try await lists.list() } catch {
            await lists.end()
            throw error
        }
        await lists.end()
        if output.json { return try Output.json(list) }
        let now = TimeText.now()
        let shown = list.access.filter { all || $0.revokedAt == nil && $0.expiresAt > now }
        guard !shown.isEmpty else { return Output.words("No access files. run: tacit access create NAME --can rotate,list --out FILE") }
        Output.table(
            ["NAME", "ID", "LEFT", "MAY", "KEYS"],
            shown.map { access in
                [
                    access.name, access.writerID.description,
                    access.revokedAt == nil ? TimeText.left(until: access.expiresAt, now: now) : "revoked",
                    access.rights.map(\.rawValue).joined(separator: ","),
                    access.aliases.isEmpty ? "all" : access.aliases.map(\.text).joined(separator: ","),
                ]
            })
    }
}
