import ArgumentParser

/// `tacit lease`.
struct LeaseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lease", abstract: "Sessions of jobs that run unattended: listed, audited, restart-proof.",
        discussion: "The broker's log warns three days before one ends.",
        subcommands: [LeaseCreateCommand.self, LeaseListCommand.self, LeaseRevokeCommand.self])
}
