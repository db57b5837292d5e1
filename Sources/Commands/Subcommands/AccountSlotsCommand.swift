import ArgumentParser
import Client
import Model

/// `tacit account slots`.
struct AccountSlotsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "slots", abstract: "List the ways into the account, or make a new recovery code.",
        discussion: """
            Each slot is one way to open the account's private keys. The passphrase is exchanged with: tacit rotate passphrase
            """)

    @Flag(name: .long, help: "Make a new recovery code in place of the one there is, and show it once.")
    var newRecoveryCode = false

    @OptionGroup var output: JSONOption

    private struct Report: Encodable {
        var slotID: SlotID
        var kind: String
        /// Whether this run logged in with it.
        var isCurrent: Bool
        private enum CodingKeys: String, CodingKey {
            case slotID = "slotId"
            case kind, isCurrent
        }
    }

    func run() async throws {
        let context = try ClientContext()
        let owner = try await context.login()
        if newRecoveryCode {
            let code = try await owner.changeRecoveryCode()
            try RecoveryCodeDisplay.show(code, of: owner.account.name, secrets: context.secrets)
            await owner.logout()
            return Output.words("The recovery code before does not open the account any more.")
        }
        let slots = owner.account.slots.sorted { $0.slotID < $1.slotID }
        let current = owner.slotID
        await owner.logout()
        if output.json {
            for slot in slots {
                try Output.json(Report(slotID: slot.slotID, kind: AccountShowCommand.text(slot.kind), isCurrent: slot.slotID == current))
            }
            return
        }
        Output.table(
            ["SLOT", "KIND", ""],
            slots.map { [$0.slotID.description, AccountShowCommand.text($0.kind), $0.slotID == current ? "used now" : ""] })
    }
}
