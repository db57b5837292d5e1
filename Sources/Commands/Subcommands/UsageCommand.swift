import ArgumentParser
import Client
import Model

/// `tacit usage`.
struct UsageCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "usage", abstract: "Count the calls made with the account's keys.",
        discussion: "Over the control socket no passphrase is needed.")

    @Option(help: ArgumentHelp("How far back. Default: everything kept.", valueName: "7d"))
    var since: String?

    @OptionGroup var output: JSONOption

    func run() async throws {
        let context = try ClientContext()
        var start: UInt64?
        if let since {
            let (seconds, underflow) = TimeText.now().subtractingReportingOverflow(try TimeText.seconds(since))
            start = underflow ? 0 : seconds
        }
        let list: InfoMessages.UsageList
        if let operatorAccess = Operator(context.connection) {
            list = try await operatorAccess.usage(of: try context.account().name, since: start)
        } else {
            let owner = try await context.login()
            list = try await owner.usage(since: start)
            await owner.logout()
        }
        if output.json { return try Output.json(list) }
        guard !list.usage.isEmpty else { return Output.words("No calls yet. run: tacit run -- COMMAND") }
        Output.table(
            ["KEY", "STATUS", "REQUESTS", "BYTES UP", "BYTES DOWN", "REDACTIONS"],
            list.usage.map {
                ["\($0.alias)@\($0.version)", "\($0.status)", "\($0.requests)", "\($0.bytesUp)", "\($0.bytesDown)", "\($0.redactions)"]
            })
    }
}
