import ArgumentParser
import Client
import Model

/// `tacit account show`.
struct AccountShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show the account: its id to pin elsewhere, its slots, its account key.")

    @OptionGroup var output: JSONOption

    func run() async throws {
        let context = try ClientContext()
        let owner = try await context.login()
        let account = owner.account
        await owner.logout()
        if output.json { return try Output.json(account) }
        Output.data("account      \(account.name)@\(account.accountID)")
        Output.data("created      \(TimeText.date(account.createdAt))")
        Output.data("account key  epoch \(account.accountKey.epoch)")
        Output.data("revision     \(account.revision)")
        for slot in account.slots { Output.data("slot         \(slot.slotID)  \(Self.text(slot.kind))") }
    }

    /// A kind as people read it.
    static func text(_ kind: SlotKind) -> String {
        switch kind {
        case .passphrase: "passphrase"
        case .browserPassphrase: "browser passphrase"
        case .passkey: "passkey"
        case .recoveryCode: "recovery code"
        case .device: "device"
        }
    }
}
