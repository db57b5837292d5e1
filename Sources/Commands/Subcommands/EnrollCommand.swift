import ArgumentParser
import Client
import Glibc
import Model
import Providers
import SecretMemory

/// `tacit enroll`.
struct EnrollCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "enroll", abstract: "Enrol a provider key.",
        discussion: """
            Providers: \(ProviderPresets.all.map(\.name).joined(separator: ", ")), or custom with --base-url and one of --inject-header, \
            --inject-query, --inject-basic.

            The key is asked for without echo, or read with --key-stdin or --key-fd. It is encrypted on this machine, bound to its \
            destination for good, and never comes back out: not to you, not to anyone.

            With TACIT_ACCESS_FILE no passphrase is needed, where the file may enrol; until the owner has confirmed the destination             (tacit rotate key ALIAS), only that file can give the key further values.

            Examples:
              tacit enroll anthropic
              pass show openai | tacit enroll openai --alias work --key-stdin
              tacit enroll custom --alias search --base-url https://api.example.com --inject-header 'X-Api-Key: {key}'
            """)

    @Argument(help: "A provider's name, or custom.")
    var provider: String

    @Option(help: "The name the key is used by, 1 to 32 of a-z, 0-9 and -. Default: the provider's name.")
    var alias: Alias?

    @Option(name: .customLong("base-url"), help: "The API's address, where it is not the provider's own (a gateway, a test server).")
    var baseURL: String?

    @Option(help: "custom: the header the key goes into, as 'Name: text {key}'.")
    var injectHeader: String?

    @Option(help: "custom: the query parameter the key goes into.")
    var injectQuery: String?

    @Option(help: "custom: the user name of basic authentication; the key is the password.")
    var injectBasic: String?

    @Flag(name: .long, help: "Read the key from standard input.")
    var keyStdin = false

    @Option(help: "Read the key from this file descriptor.")
    var keyFd: Int32?

    @Flag(help: "Let the key go to private addresses (10.0.0.0/8, localhost …); the operator must allow them too.")
    var allowPrivateDestination = false

    @Flag(help: "Let the key go over http: without TLS.")
    var allowPlaintextDestination = false

    @OptionGroup var output: JSONOption

    func validate() throws {
        guard !(keyStdin && keyFd != nil) else { throw ValidationError("use one of --key-stdin and --key-fd") }
        guard keyFd.map({ $0 >= 0 }) ?? true else { throw ValidationError("--key-fd takes a file descriptor number") }
        let injections = [injectHeader, injectQuery, injectBasic].compactMap(\.self).count
        if provider == ProviderPresets.customName {
            guard alias != nil, baseURL != nil, injections == 1 else {
                throw ValidationError("custom needs --alias, --base-url and exactly one of --inject-header, --inject-query, --inject-basic")
            }
        } else {
            guard ProviderPresets.named(provider) != nil else {
                let names = ProviderPresets.all.map(\.name).joined(separator: ", ")
                throw ValidationError("no provider \(provider.debugDescription): use custom, or one of \(names)")
            }
            guard injections == 0 else { throw ValidationError("how the key of \(provider) travels is fixed; use custom for another way") }
        }
    }

    func run() async throws {
        let target = try target()
        let context = try ClientContext()
        let descriptor = keyStdin ? STDIN_FILENO : keyFd
        let raw = try context.secrets.secret(
            "Key for \(target.alias) (\(target.destination.url)): ", from: descriptor,
            limit: SecretText.maximumKeyCount + 4096, orUse: "--key-stdin or --key-fd N")
        let key = try SecretText.key(raw)
        EnrolmentNotes.show(key, preset: target.preset)
        let enrolled: KeyMessages.Key
        if let job = try await context.job() {
            enrolled = try await job.enroll(
                key, alias: target.alias, provider: provider, destination: target.destination, injection: target.injection)
        } else {
            let owner = try await context.login()
            enrolled = try await owner.enroll(
                key, alias: target.alias, provider: provider, destination: target.destination, injection: target.injection)
            await owner.logout()
        }
        if output.json {
            try Output.json(enrolled)
        } else {
            Output.data("\(enrolled.alias)")
        }
        Output.words("Enrolled \(enrolled.alias) for \(enrolled.destination.url). run: tacit unlock --keys \(enrolled.alias)")
        if allowPrivateDestination {
            Output.words("Calls to private addresses also need the operator: tacit serve --private-destinations CIDR")
        }
    }

    private struct Target {
        var alias: Alias
        var preset: ProviderPreset?
        var destination: Destination
        var injection: Injection
    }

    private func target() throws -> Target {
        do {
            if let preset = ProviderPresets.named(provider), let alias = alias ?? Alias(preset.name) {
                return Target(
                    alias: alias, preset: preset,
                    destination: try preset.destination(
                        baseURL: baseURL, allowsPrivateAddresses: allowPrivateDestination, allowsPlaintext: allowPlaintextDestination),
                    injection: preset.injection)
            }
            guard let alias, let baseURL else { throw ValidationError("custom needs --alias and --base-url") }
            return Target(
                alias: alias, preset: nil,
                destination: try Destination(
                    url: baseURL, allowsPrivateAddresses: allowPrivateDestination, allowsPlaintext: allowPlaintextDestination),
                injection: try customInjection())
        } catch let error as ModelError {
            throw ClientError.invalidInput(error.reason)
        }
    }

    private func customInjection() throws -> Injection {
        if let injectHeader { return try Injection(headerTemplate: injectHeader) }
        if let injectQuery { return try Injection.query(name: injectQuery).validated() }
        return try Injection.basic(user: injectBasic ?? "").validated()
    }
}
