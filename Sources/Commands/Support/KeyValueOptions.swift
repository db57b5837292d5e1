import ArgumentParser
import Client
import Glibc
import Model
import SecretMemory

/// Where a new value of a key comes from: a question, a descriptor, or a program.
struct KeyValueOptions: ParsableArguments {
    @Flag(name: .long, help: "Read the key from standard input.")
    var keyStdin = false

    @Option(help: "Read the key from this file descriptor.")
    var keyFd: Int32?

    @OptionGroup var program: KeyProgramOptions

    func validate() throws {
        guard [keyStdin, keyFd != nil, program.exec != nil].count(where: { $0 }) <= 1 else {
            throw ValidationError("use one of --key-stdin, --key-fd and --exec")
        }
        guard keyFd.map({ $0 >= 0 }) ?? true else { throw ValidationError("--key-fd takes a file descriptor number") }
    }

    /// The value, cleaned.
    func read(for key: KeyMessages.Key, secrets: SecretSource) async throws(ClientError) -> SecretBytes {
        if let made = try await program.run(for: key) { return made }
        let raw = try secrets.secret(
            "New key for \(key.alias) (\(key.destination.url)): ", from: keyStdin ? STDIN_FILENO : keyFd,
            limit: SecretText.maximumKeyCount + 4096, orUse: "--key-stdin, --key-fd N or --exec COMMAND")
        return try SecretText.key(raw)
    }
}

/// `--exec`, the same everywhere.
struct KeyProgramOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Run this program and take what it prints as the key.", valueName: "command"))
    var exec: String?

    @Option(help: ArgumentHelp("End the program after this time.", valueName: "60s"))
    var execTimeout = "60s"

    /// What the program printed; `nil` where none was asked for. It finds what to make in TACIT_ALIAS, TACIT_PROVIDER and TACIT_DESTINATION.
    func run(for key: KeyMessages.Key) async throws(ClientError) -> SecretBytes? {
        guard let exec else { return nil }
        return try await KeyProgram.run(
            exec,
            variables: [
                ("TACIT_ALIAS", key.alias.text), ("TACIT_PROVIDER", key.provider), ("TACIT_DESTINATION", key.destination.url),
            ], timeoutSeconds: try TimeText.seconds(execTimeout))
    }
}
