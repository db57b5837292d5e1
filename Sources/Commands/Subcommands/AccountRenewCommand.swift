import ArgumentParser
import Client
import Model
import SecretMemory

/// `tacit account renew`.
struct AccountRenewCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "renew", abstract: "Give the account a new identity: the cure where somebody may have opened an old slot.",
        discussion: """
            New identity key, account key, passphrase slot, recovery code and data encryption keys, in one change. Every key moves, with its \
            value in use; older values do not. Every session and every access file ends.

            Afterwards everybody who pinned the account has to pin the new id by hand: it is printed. And whoever opened the old slot may have \
            read the keys' values: replace them at the providers, then run: tacit rotate key ALIAS
            """)

    @Flag(name: .long, help: "Read the new passphrase from the first line of standard input.")
    var newPassphraseStdin = false

    @Flag(name: .long, help: "Take keys along that were enrolled with an access file; the new identity then vouches for where they go.")
    var confirmDestinations = false

    @Flag(name: .long, help: "Print lines of JSON: one for each key that is encrypted anew, and at the end the account.")
    var json = false

    func run() async throws {
        let context = try ClientContext()
        if context.secrets.isInteractive, let terminal = Terminal() {
            terminal.show("Every session and access file of the account ends, and its id changes.\n")
            guard try terminal.confirm("Go on?") else { throw ClientError.cancelled }
        }
        // Before the login: keys are given out for a minute after it.
        let passphrase = try NewPassphrase.read(fromStandardInput: newPassphraseStdin, secrets: context.secrets)
        let owner = try await context.login()
        let old = owner.account.accountID
        let name = owner.account.name
        let account: AccountMessages.Account
        let secrets = context.secrets
        do {
            let progress = RenewalProgress(json: json)
            defer { progress.pause() }
            account = try await owner.renew(
                passphrase: passphrase,
                confirm: { (key) throws(ClientError) in
                    progress.pause()
                    try confirm(key, secrets)
                },
                showCode: { code in
                    progress.pause()
                    RecoveryCodeDisplay.print(code, of: name, secrets: secrets, when: "good once the account is renewed")
                },
                progress: { alias, total in progress.show(alias, of: total) })
        } catch {
            await owner.logout()
            throw error
        }
        context.tokens.remove(broker: context.broker, account: name)
        if json { try Output.json(account) } else { Output.data("\(account.name)@\(account.accountID)") }
        Output.words(
            """
            \(name) has a new identity; the recovery code above is in force. Still to do:
              on every other device: replace \(old) by \(account.accountID) in known_accounts and TACIT_ACCOUNT
              for every job: tacit access create, tacit lease create
              at the providers: make new keys, delete the old ones; for each: tacit rotate key ALIAS
            """)
    }

    private func confirm(_ key: KeyMessages.Key, _ secrets: SecretSource) throws(ClientError) {
        if confirmDestinations { return }
        guard secrets.isInteractive, let terminal = Terminal() else {
            throw .refused(
                status: 403, code: "unconfirmed",
                message: "\(key.alias) goes to \(key.destination.url), and only an access file vouches for that\n"
                    + "Is it right? run: tacit account renew --confirm-destinations; or end it first: tacit revoke key \(key.alias)")
        }
        terminal.show("\(key.alias) was enrolled with an access file; nobody but that file says where it goes.\n")
        guard try terminal.confirm("It goes to \(key.destination.url). Is that right?") else { throw .cancelled }
    }
}
