import ArgumentParser
import Client
import Glibc
import Model
import SecretMemory

/// `tacit unlock`.
struct UnlockCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unlock", abstract: "Open keys for a while: make a session.",
        discussion: """
            The keys are opened on this machine and handed to the broker encrypted for a session token that stays here: in \
            $XDG_RUNTIME_DIR/tacit (0600) for tacit run and tacit env, or where --print-token or --token-file puts it instead. \
            Without limits a session may use every method and every path of its keys, except those known to hand out credentials.

            Examples:
              tacit unlock --ttl 8h
              tacit unlock --keys openai --paths /v1/chat --methods POST --max-requests 100 --print-token
            """)

    @Option(help: ArgumentHelp("Aliases. Default: every key.", valueName: "a,b"))
    var keys: String?

    @Option(help: ArgumentHelp("How long: 30m, 12h; at most 24h.", valueName: "12h"))
    var ttl = "12h"

    @Flag(help: "Print the token and keep no copy.")
    var printToken = false

    @Option(help: ArgumentHelp("Write the token to this file (0600) and keep no other copy.", valueName: "file"), completion: .file())
    var tokenFile: String?

    @Option(help: "What the session is called in lists.")
    var label = "tacit unlock"

    @OptionGroup(title: "Limits") var limits: PolicyOptions

    func validate() throws {
        guard !(printToken && tokenFile != nil) else { throw ValidationError("use one of --print-token and --token-file") }
        guard (1...64).contains(label.utf8.count), label.unicodeScalars.allSatisfy({ $0.value >= 32 && $0.value != 127 }) else {
            throw ValidationError("--label takes 1 to 64 characters")
        }
    }

    func run() async throws {
        let aliases = try Arguments.aliases(keys)
        let policy = try limits.policy()
        let lifetime = try TimeText.seconds(ttl)
        guard lifetime <= policy.maximumLifetimeSeconds else { throw ClientError.invalidInput("a session lasts at most 24h") }
        let context = try ClientContext()
        guard printToken || tokenFile != nil || context.tokens.isEnabled else {
            throw ClientError.invalidInput(
                "XDG_RUNTIME_DIR is not set, so the token cannot be kept: add --print-token or --token-file FILE")
        }
        let owner = try await context.login()
        let unlocked = try await owner.unlock(aliases: aliases, policy: policy, lifetimeSeconds: lifetime, label: label)
        do {
            try handOver(unlocked, context)
        } catch {
            // Nobody holds its token.
            _ = try? await owner.revokeSession(unlocked.session.sessionID)
            await owner.logout()
            throw error
        }
        await owner.logout()
    }

    /// Puts the token where it was asked for and says what was done.
    private func handOver(_ unlocked: borrowing UnlockedSession, _ context: ClientContext) throws(ClientError) {
        let names = unlocked.keys.map(\.alias.text).joined(separator: ", ")
        let words = "Unlocked \(names) until \(TimeText.date(unlocked.session.expiresAt))"
        if printToken {
            try Output.secret(unlocked.token)
            Output.words("\(words). End it with: tacit revoke session \(unlocked.session.sessionID)")
        } else if let tokenFile {
            try unlocked.token.withBytes { (bytes) throws(ClientError) in try PrivateFile.replace(tokenFile, with: bytes) }
            Output.words("\(words). End it with: tacit revoke session \(unlocked.session.sessionID)")
        } else {
            try SessionTokens.keep(unlocked, in: context)
            Output.words("\(words). run: tacit run -- COMMAND; end it with: tacit lock")
        }
    }
}
