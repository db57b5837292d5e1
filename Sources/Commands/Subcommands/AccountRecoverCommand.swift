import ArgumentParser
import Client
import Glibc
import Model
import SecretMemory

/// `tacit account recover`.
struct AccountRecoverCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recover", abstract: "Set a new passphrase with the recovery code.",
        discussion: """
            The old passphrase and the recovery code that was used stop working; a new code is shown once. Keys and sessions stay as they \
            are: where the passphrase may be known to somebody else, run: tacit lock --all
            """)

    @Argument(help: "Default: TACIT_ACCOUNT.")
    var name: AccountName?

    @Flag(name: .long, help: "Read the recovery code from standard input.")
    var codeStdin = false

    func run() async throws {
        let context = try ClientContext()
        let vault = try context.vault(named: name)
        let typed = try context.secrets.secret(
            "Recovery code: ", from: codeStdin ? STDIN_FILENO : nil, limit: 256, orUse: "--code-stdin")
        guard let typed else { throw ClientError.invalidInput("no recovery code was given") }
        let code = try Self.trimmed(typed)
        let owner = try await vault.login(LoginSecret.recoveryCode(code))
        let passphrase = try context.secrets.newPassphrase()
        let made = try await owner.resetPassphrase(passphrase)
        try RecoveryCodeDisplay.show(made.recoveryCode, of: made.account.name, secrets: context.secrets)
        Output.words("The new passphrase is in force. run: tacit unlock")
    }

    private static func trimmed(_ typed: consuming SecretBytes) throws(ClientError) -> SecretBytes {
        do { return try SecretText.key(typed) } catch { throw .invalidInput("no recovery code was given") }
    }
}
