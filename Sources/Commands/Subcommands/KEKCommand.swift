import ArgumentParser
import Client
import Model

/// `tacit kek`.
struct KEKCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kek", abstract: "Look after the key encryption key (operator).",
        discussion: "Needs the control socket. To wrap everything under a new version: tacit rotate kek.",
        subcommands: [KEKStatusCommand.self, KEKNewCommand.self, KEKRetireCommand.self, KEKMoveCommand.self])

    /// What `status`, `new` and `retire` print for people.
    static func show(_ status: KEKMessages.Status) {
        Output.data("custody   \(status.custody)")
        Output.data("state     \(status.state)\(status.cause.isEmpty ? "" : ": \(status.cause)")")
        if let from = status.movingFrom { Output.data("moving    from \(from); both are needed until it is done") }
        if let rotation = status.rotation {
            let end = rotation.finishedAt.map { "ended \(TimeText.date($0))" } ?? "since \(TimeText.date(rotation.startedAt))"
            let damaged = rotation.damaged > 0 ? ", \(rotation.damaged) damaged" : ""
            let waits = rotation.cause.isEmpty ? "" : "; waits: \(rotation.cause)"
            let counts = "\(rotation.rewrapped) of \(rotation.total) wrapped anew\(damaged)"
            Output.data("rotation  to version \(rotation.epoch) \(rotation.state), \(counts), \(end)\(waits)")
        }
        Output.table(
            ["VERSION", "STATE", "ROWS", "MADE", "CUSTODY'S OWN", "CUSTODY"],
            status.epochs.map {
                ["\($0.epoch)", $0.state, "\($0.rows.sum)", TimeText.date($0.createdAt), "\($0.version)", $0.custody]
            })
    }
}

/// `tacit kek status`.
struct KEKStatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show where the KEK is, whether it answers, and what is wrapped with which version.",
        discussion: "Ends with 5 where the KEK does not answer, with 6 where the last rotation left damaged rows.")

    @OptionGroup var output: JSONOption

    func run() async throws {
        let status = try await ClientContext().requireOperator().kek()
        output.json ? try Output.json(status) : KEKCommand.show(status)
        if status.state != "ok" { throw CheckFailed(status: .unreachable) }
        if status.rotation?.state == "damaged" { throw CheckFailed(status: .integrity) }
    }
}

/// `tacit kek new`.
struct KEKNewCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "new", abstract: "Make a new version of the KEK for what is wrapped from now on.",
        discussion: "What is stored already stays under its version until: tacit rotate kek.")

    @OptionGroup var output: JSONOption

    func run() async throws {
        let status = try await ClientContext().requireOperator().newKEKVersion()
        if output.json { return try Output.json(status) }
        KEKCommand.show(status)
        Output.words("What is stored stays under its version until: tacit rotate kek")
    }
}

/// `tacit kek retire`.
struct KEKRetireCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retire", abstract: "Destroy an old version of the KEK for good.",
        discussion: """
            Refused while one row needs it. Afterwards copies of the database from before open no more, as soon as no copy of that version is \
            left: look after copies of the keyring, too. A version in a custody the KEK was moved away from is destroyed there, by hand.
            """)

    @Argument(help: "The version, as tacit kek status numbers it.")
    var version: UInt32

    @OptionGroup var output: JSONOption

    func run() async throws {
        let status = try await ClientContext().requireOperator().retireKEKVersion(version)
        if output.json { return try Output.json(status) }
        guard let retired = status.epochs.first(where: { $0.epoch == version }) else { return }
        if retired.custody == status.custody {
            // What the custody has to say may be that it could only bar the version, or something else.
            Output.data(status.cause.isEmpty ? "version \(version) is destroyed" : "version \(version) is retired")
            if !status.cause.isEmpty { Output.words("note: \(status.cause)") }
        } else {
            Output.data("no row needs version \(version) any more; destroy it where it is: \(retired.custody)")
        }
    }
}

/// `tacit kek move`.
struct KEKMoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "move", abstract: "Move the KEK to another custody: everything is wrapped anew with it.",
        discussion: """
            file:PATH, vault-transit:https://HOST:8200/MOUNT/KEYNAME or vault-kv:https://HOST:8200/MOUNT/PATH; the broker has to have the \
            credentials. Calls, enrolments and unlocks go on meanwhile. Until it is done the broker needs both and may be started with either \
            --kek; afterwards start it with the new one.
            """)

    @Option(help: "Where to.")
    var to: String

    @OptionGroup var output: JSONOption

    func run() async throws {
        let operatorAccess = try ClientContext().requireOperator()
        let uri = to.hasPrefix("file:") ? AbsolutePath.of(String(to.dropFirst(5))).map { "file:\($0)" } ?? to : to
        let rotation = try await operatorAccess.rotateKEK(to: uri)
        try await KEKRotationWatch(operatorAccess: operatorAccess, json: output.json).run(rotation)
        try await waitForEnd(operatorAccess)
        if !output.json { Output.words("From now on: tacit serve --kek \(uri)") }
    }

    /// Until it is written down that the old custody is not needed: a start looks for it before.
    private func waitForEnd(_ operatorAccess: Operator) async throws {
        for _ in 0..<30 {
            do throws(ClientError) { if try await operatorAccess.kek().movingFrom == nil { return } } catch {
                // A broker that is started again goes on with it.
                guard case .transport = error else { throw error }
            }
            try await Task.sleep(for: .seconds(1))
        }
        Output.error("everything is moved, but not written down as finished yet; keep the old custody, and run: tacit kek status")
        throw CheckFailed(status: .failed)
    }
}
