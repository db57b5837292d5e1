import ArgumentParser
import Client
import Model

/// `tacit usage`.
struct UsageCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "usage", abstract: "Count the calls made with the account's keys.",
        discussion: """
            Bytes are those of bodies. EXPOSURE is how long a key was open in the broker, on average over the calls that opened one. Over \
            the control socket no passphrase is needed.
            """)

    @Option(help: ArgumentHelp("How far back; to the day (UTC) where that is over two days. Default: everything kept.", valueName: "7d"))
    var since: String?

    @Option(
        help: ArgumentHelp(
            "What to tell apart, between commas: day (UTC), session, alias, version, status. Default: alias,version,status.",
            valueName: "alias,…"))
    var by: String?

    @OptionGroup var output: JSONOption

    func run() async throws {
        let context = try ClientContext()
        var start: UInt64?
        if let since {
            let (seconds, underflow) = TimeText.now().subtractingReportingOverflow(try TimeText.seconds(since))
            start = underflow ? 0 : seconds
        }
        guard let dimensions = by.map({ Set<UsageMessages.Dimension>(names: $0) }) ?? .usual else {
            throw ClientError.invalidInput("--by takes day, session, alias, version and status, each once, between commas")
        }
        let list: UsageMessages.List
        if let operatorAccess = Operator(context.connection) {
            list = try await operatorAccess.usage(of: try context.account().name, since: start, by: dimensions)
        } else {
            let owner = try await context.login()
            list = try await owner.usage(since: start, by: dimensions)
            await owner.logout()
        }
        if output.json { return try Output.json(list) }
        guard !list.usage.isEmpty else { return Output.words("No calls yet. run: tacit run -- COMMAND") }
        let table = UsageTable(dimensions)
        Output.table(table.header, list.usage.map(table.row))
    }
}
