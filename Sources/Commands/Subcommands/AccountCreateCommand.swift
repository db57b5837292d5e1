import ArgumentParser
import Client
import Glibc
import Model
import SecretMemory

/// `tacit account create`.
struct AccountCreateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Make an account.",
        discussion: """
            The account's keys are made on this machine and protected by a passphrase of at least 8 characters; several random words are \
            best. A recovery code is shown once: whoever holds it can open the account, and without it a forgotten passphrase is final.

            Over the control socket no invitation is needed. Elsewhere the operator makes one with: tacit invite
            """)

    @Argument(help: "1 to 64 of a-z, 0-9 and ._@+-. Default: TACIT_ACCOUNT.")
    var name: AccountName?

    @Flag(name: .long, help: "Read an invitation (tci_…) from standard input.")
    var invitationStdin = false

    @OptionGroup var output: JSONOption

    func run() async throws {
        let context = try ClientContext()
        let vault = try context.vault(named: name)
        var invitation: String?
        if invitationStdin {
            guard let line = try SecretReader.readLine(STDIN_FILENO, limit: 256) else {
                throw ClientError.invalidInput("no invitation was given on standard input")
            }
            // An invitation is good for one account and stands in the request's JSON, so it is text.
            invitation = line.withBytes { bytes in unsafe bytes.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) } }
        }
        let passphrase = try context.secrets.newPassphrase()
        let made = try await vault.create(passphrase: passphrase, invitation: invitation)
        try RecoveryCodeDisplay.show(made.recoveryCode, of: made.account.name, secrets: context.secrets)
        if let failure = made.pinFailure { throw failure }
        if output.json {
            try Output.json(made.account)
        } else {
            Output.data("\(made.account.name)@\(made.account.accountID)")
        }
        Output.words("Account \(made.account.name) is ready. run: export TACIT_ACCOUNT=\(made.account.name); tacit enroll openai")
    }
}
