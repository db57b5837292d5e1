import ArgumentParser

/// `tacit access`.
struct AccessCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "access", abstract: "Credentials of jobs that rotate, enrol, list or revoke without a passphrase.",
        discussion: """
            An access file may add values and new aliases, list and revoke, as far as its rights go. It opens nothing: no key can be read \
            with it, none can be sent elsewhere than it was enrolled for. See Docs/JOBS.md.
            """,
        subcommands: [AccessCreateCommand.self, AccessListCommand.self, RevokeAccessCommand.self])
}
