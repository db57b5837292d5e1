import ArgumentParser

/// `tacit rotate`.
struct RotateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate", abstract: "Give keys new values, and secrets of the account new ones.",
        discussion: """
            Every job here is one change at the broker for each key or account: cut off at any moment it was made whole or not at all, and \
            running the command again finishes it. Sessions go on.
            """,
        subcommands: [
            RotateKeyCommand.self, RotateRollbackCommand.self, RotateDueCommand.self, RotateDEKCommand.self, RotatePassphraseCommand.self,
            RotateAccountKeyCommand.self, RotateKEKCommand.self,
        ])
}
