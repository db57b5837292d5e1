import ArgumentParser
import Client
import Model

/// `tacit rotate account-key`.
struct RotateAccountKeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "account-key", abstract: "Exchange the key that every data encryption key is sealed to.",
        discussion: """
            A new key pair, sealed to every slot of the account, and every data encryption key sealed to it, in one change. Passphrase, \
            recovery code, sessions and access files stay. The identity stays too: it is what is pinned.
            """)

    @OptionGroup var output: JSONOption

    func run() async throws {
        let owner = try await ClientContext().login()
        let account: AccountMessages.Account
        do { account = try await owner.rotateAccountKey() } catch {
            await owner.logout()
            throw error
        }
        await owner.logout()
        if output.json { return try Output.json(account) }
        Output.data("\(account.accountKey.epoch)")
        Output.words(
            "The account key of epoch \(account.accountKey.epoch) is in force; devices and jobs refuse an older one once they saw it.")
    }
}
