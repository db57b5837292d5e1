import ArgumentParser
import Client
import Model

/// `tacit revoke access`, also `tacit access revoke`.
struct RevokeAccessCommand: AsyncParsableCommand {
    // Named by the group it stands in.
    static let configuration = CommandConfiguration(
        commandName: "access", abstract: "End an access file, at once; says what it wrote, and ends that too where asked.",
        discussion: """
            Without --written nothing the file wrote is touched: it is listed. With it keys that only this file wrote are revoked, and where \
            an older value can be brought back calls use that again. Listing and ending needs the passphrase; ending the file alone does not \
            over the control socket.
            """,
        aliases: ["revoke"])

    @Argument(help: "Its name or id, as tacit access list shows it.")
    var file: String

    @Flag(name: .long, help: "End what the file wrote, too.")
    var written = false

    @OptionGroup var output: JSONOption

    private struct Report: Encodable {
        var writerID: WriterID
        var name: String
        var written: [Written]
        struct Written: Encodable {
            var alias: Alias
            var versions: [UInt32]
            var ended: Bool
        }
        private enum CodingKeys: String, CodingKey {
            case writerID = "writerId"
            case name, written
        }
    }

    func run() async throws {
        let context = try ClientContext()
        let lists = try await AccessLists.open(in: context, preferringOwner: written)
        do {
            let access = try AccessLists.find(file, in: try await lists.list(), now: TimeText.now())
            if access.revokedAt == nil { try await lists.revoke(access.writerID) }
            Output.words("The access file \(access.name) is over.")
            let report = try await report(access, lists, context)
            await lists.end()
            if output.json { try Output.json(report) }
        } catch {
            await lists.end()
            throw error
        }
    }

    private func report(
        _ access: AccessMessages.Access, _ lists: AccessLists, _ context: ClientContext
    ) async throws(ClientError) -> Report {
        var report = Report(writerID: access.writerID, name: access.name, written: [])
        guard let owner = lists.rotating?.owner else {
            Output.words("What it wrote: run with the passphrase: tacit revoke access \(file) --written")
            return report
        }
        let rotation = OwnerRotation(owner)
        let wrote = WrittenVersions(of: access.publicKey, in: try await rotation.listKeys().keys)
        for item in wrote.items {
            let versions = item.versions.map(String.init).joined(separator: ", ")
            Output.words("It wrote \(item.alias), version \(versions): \(Self.text(item.remedy))")
        }
        var ends = written
        if !ends, !wrote.items.isEmpty, context.secrets.isInteractive, let terminal = Terminal() {
            ends = try terminal.confirm("End that too?")
        }
        for item in wrote.items {
            if ends { try await end(item, rotation) }
            report.written.append(Report.Written(alias: item.alias, versions: item.versions, ended: ends))
        }
        if !ends, !wrote.items.isEmpty { Output.words("It stays in use. run: tacit revoke access \(file) --written") }
        return report
    }

    private func end(_ item: WrittenVersions.Item, _ rotation: OwnerRotation) async throws(ClientError) {
        switch item.remedy {
        case .revoke: _ = try await rotation.revokeKey(item.alias)
        case .rollBack(let version, let retiring):
            _ = try await rotation.rollback(to: version, of: item.alias)
            for version in retiring { _ = try await rotation.retire(version, of: item.alias) }
        case .retire(let versions):
            for version in versions { _ = try await rotation.retire(version, of: item.alias) }
        }
    }

    private static func text(_ remedy: WrittenVersions.Remedy) -> String {
        switch remedy {
        case .revoke: "nothing else is left, so the key would be revoked"
        case .rollBack(let version, _): "calls would use version \(version) again"
        case .retire: "not in use, it would be shredded"
        }
    }
}
