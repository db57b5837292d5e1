import ArgumentParser
import Client
import Model

/// `tacit audit`.
struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "Read the audit log (operator).", subcommands: [AuditTailCommand.self])
}

/// `tacit audit tail`.
struct AuditTailCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tail", abstract: "Show the last records, oldest first.",
        discussion:
            "Every control call and every login is recorded, each record chained to the one before by its hash. Needs the control socket.")

    @Option(name: [.long, .customShort("n")], help: "How many records, 1 to 1000.")
    var last = 20

    @OptionGroup var output: JSONOption

    func validate() throws {
        guard (1...1000).contains(last) else { throw ValidationError("--last takes 1 to 1000") }
    }

    func run() async throws {
        let list = try await ClientContext().requireOperator().audit(last: last)
        if output.json { return try Output.json(list) }
        Output.table(
            ["NUMBER", "TIME", "ACTOR", "ACTION", "SUBJECT", "OUTCOME"],
            list.records.map {
                ["\($0.sequence)", TimeText.date($0.timeMilliseconds / 1000), $0.actor, $0.action, $0.subject, $0.outcome]
            })
    }
}
