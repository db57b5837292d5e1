import ArgumentParser
import Client
import Model
import SecretMemory

/// `tacit lease create`.
struct LeaseCreateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Open keys for a job for up to 90 days.",
        discussion: """
            The token goes to a file (0600); a program calls the proxy with it as its API key. Give a lease only the keys, paths and rate the \
            job needs: whoever reads the file has them. It does not renew itself.

              tacit lease create nightly --keys openai --ttl 30d --paths /v1/embeddings --token-file /etc/tacit/nightly.token
              OPENAI_BASE_URL=http://127.0.0.1:8701/openai/v1 OPENAI_API_KEY=$(cat /etc/tacit/nightly.token) python3 job.py
            """)

    @Argument(help: "What the lease is called in lists; 1 to 64 characters.")
    var name: String

    @Option(help: ArgumentHelp("Aliases.", valueName: "a,b"))
    var keys: String

    @Option(help: ArgumentHelp("How long: at most 90d.", valueName: "30d"))
    var ttl = "30d"

    @Option(help: ArgumentHelp("Write the token to this file (0600).", valueName: "file"), completion: .file())
    var tokenFile: String

    @OptionGroup(title: "Limits") var limits: PolicyOptions

    @OptionGroup var output: JSONOption

    func validate() throws {
        guard (1...64).contains(name.utf8.count), name.unicodeScalars.allSatisfy({ $0.value >= 32 && $0.value != 127 }) else {
            throw ValidationError("a name has 1 to 64 characters")
        }
    }

    func run() async throws {
        let aliases = try Arguments.aliases(keys)
        guard !aliases.isEmpty else { throw ClientError.invalidInput("--keys names at least one key") }
        var policy = try limits.policy()
        policy.kind = .lease
        let lifetime = try TimeText.seconds(ttl)
        guard lifetime <= policy.maximumLifetimeSeconds else { throw ClientError.invalidInput("a lease lasts at most 90d") }
        let owner = try await ClientContext().login()
        do {
            let unlocked = try await owner.unlock(aliases: aliases, policy: policy, lifetimeSeconds: lifetime, label: name)
            do throws(ClientError) {
                try unlocked.token.withBytes { (bytes) throws(ClientError) in try PrivateFile.replace(tokenFile, with: bytes) }
            } catch {
                // Nobody holds its token.
                _ = try? await owner.revokeSession(unlocked.session.sessionID)
                throw error
            }
            await owner.logout()
            if output.json { try Output.json(unlocked.session) } else { Output.data("\(unlocked.session.sessionID)") }
            Output.words(
                "The lease \(name) is good until \(TimeText.date(unlocked.session.expiresAt)). End it with: tacit lease revoke \(name)")
        } catch {
            await owner.logout()
            throw error
        }
    }
}
