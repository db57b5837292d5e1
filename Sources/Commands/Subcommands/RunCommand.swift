import ArgumentParser
import Client
import Model
import SecretMemory

/// `tacit run`.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run a program with base URLs and a session token in place of API keys.",
        discussion: """
            The program gets the variables its SDKs read: OPENAI_BASE_URL and OPENAI_API_KEY, ANTHROPIC_BASE_URL and so on (see \
            Docs/PROVIDERS.md); variables that would send another credential are taken out. It uses the session of tacit unlock where \
            that opens the keys; otherwise the passphrase is asked for and the session ends with the program.

            The program is started directly, without a shell, in this terminal. Signals reach it; its status is passed on, 128 + N \
            where signal N ended it, 127 where there is no such program. Its core file limit is 0, because it holds a token.

              tacit run -- python3 chat.py
              tacit run --keys work --as openai=work -- sh -c 'curl "$OPENAI_BASE_URL/models" -H "Authorization: Bearer $OPENAI_API_KEY"'
            """)

    @Option(help: ArgumentHelp("Aliases the program needs. Default: those of the session, or all.", valueName: "a,b"))
    var keys: String?

    @Option(
        name: .customLong("as"), help: ArgumentHelp("Give a provider's variables to this key; may be repeated.", valueName: "openai=alias"))
    var choices: [String] = []

    @Option(help: ArgumentHelp("How long a session made for the program lasts at most.", valueName: "24h"))
    var ttl = "24h"

    @Argument(parsing: .postTerminator, help: "The program and its arguments, after --.")
    var command: [String] = []

    func validate() throws {
        guard !command.isEmpty else { throw ValidationError("name a program after --, such as: tacit run -- python3 chat.py") }
    }

    func run() async throws {
        let aliases = try Arguments.aliases(keys)
        let choices = try ChildEnvironment.choices(choices)
        let lifetime = try TimeText.seconds(ttl)
        guard lifetime <= SessionPolicy().maximumLifetimeSeconds else { throw ClientError.invalidInput("a session lasts at most 24h") }
        let context = try ClientContext()
        let proxyURL = try DataPlane.url(try await context.connection.get("/v1/info", as: InfoMessages.Info.self))
        let session = try await SessionTokens.usable(aliases, lifetimeSeconds: lifetime, label: "tacit run", in: context)
        let wanted = session.keys.filter { aliases.isEmpty || aliases.contains($0.alias) }
        let status: Int32
        do {
            let assignments = try ChildEnvironment.assignments(keys: wanted, proxyURL: proxyURL, choices: choices)
            let environment = EnvironmentBlock(assignments, token: session.token, omitting: ["TACIT_PASSPHRASE_FD"])
            status = try await ChildProcess.run(lastArguments: command.count, environment: environment, command[0])
        } catch {
            await session.endIfOwn(context)
            throw error
        }
        await session.endIfOwn(context)
        throw ChildEnded(status: status)
    }
}
