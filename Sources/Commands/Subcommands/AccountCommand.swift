import ArgumentParser

/// `tacit account`.
struct AccountCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "account", abstract: "Make an account, look at it, or get back into it.",
        subcommands: [
            AccountCreateCommand.self, AccountShowCommand.self, AccountSlotsCommand.self, AccountRecoverCommand.self,
            AccountRenewCommand.self,
        ])
}
