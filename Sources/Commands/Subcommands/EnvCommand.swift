import ArgumentParser
import Client
import Glibc
import Model
import SecretMemory

/// `tacit env`.
struct EnvCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "env", abstract: "Print the variables of tacit run, with the session token, for a shell or a file.",
        discussion: """
            Uses the session of tacit unlock, or makes one and keeps it the same way.

              eval "$(tacit env)"
              tacit env --format dotenv > .env
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable { case sh, dotenv, json }

    @Option(help: "sh, dotenv or json.")
    var format = Format.sh

    @Option(help: ArgumentHelp("Aliases. Default: those of the session, or all.", valueName: "a,b"))
    var keys: String?

    @Option(
        name: .customLong("as"), help: ArgumentHelp("Give a provider's variables to this key; may be repeated.", valueName: "openai=alias"))
    var choices: [String] = []

    @Option(help: ArgumentHelp("How long a session made for this lasts.", valueName: "12h"))
    var ttl = "12h"

    func run() async throws {
        let aliases = try Arguments.aliases(keys)
        let choices = try ChildEnvironment.choices(choices)
        let lifetime = try TimeText.seconds(ttl)
        let context = try ClientContext()
        let proxyURL = try DataPlane.url(try await context.connection.get("/v1/info", as: InfoMessages.Info.self))
        let session = try await SessionTokens.usable(aliases, lifetimeSeconds: lifetime, label: "tacit env", keeping: true, in: context)
        let wanted = session.keys.filter { aliases.isEmpty || aliases.contains($0.alias) }
        let assignments = try ChildEnvironment.assignments(keys: wanted, proxyURL: proxyURL, choices: choices)
        let text = EnvironmentText.render(assignments, format: format, token: session.token)
        let failure = text.withBytes { DescriptorWriter.write($0, to: STDOUT_FILENO) }
        if let failure { throw ClientError.system("cannot write to standard output: \(SystemError.text(failure))") }
    }
}
