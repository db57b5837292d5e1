import ArgumentParser
import Client
import Glibc
import Model
import SecretMemory

/// `tacit rotate passphrase`.
struct RotatePassphraseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "passphrase", abstract: "Exchange the account's passphrase.",
        discussion: """
            The recovery code, keys, sessions and access files stay.

            What this cannot do: a copy of the old slot that somebody took before (from a backup of the database and its KEK) still opens \
            with the old passphrase, and gives the identity key, which signs for the account for ever. Where both may be known to somebody, \
            the cure is a new identity: tacit account renew
            """)

    @Flag(name: .long, help: "Read the new passphrase from the first line of standard input.")
    var newPassphraseStdin = false

    @OptionGroup var output: JSONOption

    func run() async throws {
        let context = try ClientContext()
        let owner = try await context.login()
        do {
            let passphrase = try NewPassphrase.read(fromStandardInput: newPassphraseStdin, secrets: context.secrets)
            let account = try await owner.changePassphrase(passphrase)
            if output.json { try Output.json(account) }
        } catch {
            await owner.logout()
            throw error
        }
        Output.words(
            """
            The new passphrase is in force.
            A copy of the old slot taken before still opens with the old passphrase, and gives the identity key. If somebody may have both:
              tacit account renew
            """)
    }
}

/// A new passphrase beside the one that logs in.
enum NewPassphrase {
    /// From the first line of standard input, else asked for twice.
    static func read(fromStandardInput: Bool, secrets: SecretSource) throws(ClientError) -> SecretBytes {
        guard fromStandardInput else {
            guard secrets.isInteractive else {
                throw .needsTerminal("a new passphrase is needed and there is no terminal to ask on: use --new-passphrase-stdin")
            }
            return try secrets.newPassphrase()
        }
        guard isatty(STDIN_FILENO) == 0 else {
            throw .invalidInput("standard input is a terminal and would show what is typed: leave --new-passphrase-stdin out")
        }
        guard let line = try SecretReader.readLine(STDIN_FILENO, limit: SecretText.maximumPassphraseCount) else {
            throw .invalidInput("standard input gave no passphrase")
        }
        try SecretText.checkNewPassphrase(line)
        return line
    }
}
