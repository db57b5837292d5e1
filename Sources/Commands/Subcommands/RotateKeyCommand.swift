import ArgumentParser
import Client
import Model
import Providers

/// `tacit rotate key`.
struct RotateKeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key", abstract: "Give a key a new value; sessions and running calls go on.",
        discussion: """
            Make the new key at the provider first. It is encrypted on this machine and sealed to the account and to every live session that \
            uses the key, after each one's signature was checked. Calls use it from then on; the old one stays for --grace, so that it can be \
            brought back, and is then shredded.

            --probe asks the provider once, with the cheapest call there is, before the new key is used; if it is not taken, the old one \
            stays, the new one is thrown away and the status is 1. Without a passphrase: set TACIT_ACCESS_FILE to an access file that may \
            rotate (tacit access create).

            --exec runs a program that makes a key and prints it; it finds what to make in TACIT_ALIAS, TACIT_PROVIDER and \
            TACIT_DESTINATION. A command line of plain words is started without a shell, any other by /bin/sh -c.

            Examples:
              tacit rotate key openai --probe
              pass show openai | tacit rotate key openai --key-stdin --grace 1h
              TACIT_ACCESS_FILE=/etc/tacit/nightly.json tacit rotate key openai --probe --exec /usr/local/bin/new-openai-key
            """)

    @Argument(help: "The key's alias.")
    var alias: Alias

    @OptionGroup var value: KeyValueOptions

    @Option(help: ArgumentHelp("How long the old key can be brought back; 0 shreds it at once.", valueName: "24h"))
    var grace = "24h"

    @OptionGroup var probing: ProbeOptions

    @Option(
        name: .customLong("confirm-destination"),
        help: ArgumentHelp("Say that the key may go to this URL, where only an access file vouches for it.", valueName: "url"))
    var confirmDestination: String?

    @OptionGroup var output: JSONOption

    func validate() throws { try probing.validatePath() }

    func run() async throws {
        let graceSeconds = try TimeText.secondsOrNone(grace)
        let context = try ClientContext()
        let rotating = try await Rotating.open(in: context)
        do {
            let target = try await rotating.target(alias)
            let confirmed = try confirm(target, isOwner: rotating.owner != nil, context)
            let probe = probing.probe ? try KeyProbe(for: target.key, path: probing.probePath) : nil
            let key = try await value.read(for: target.key, secrets: context.secrets)
            EnrolmentNotes.show(key, preset: ProviderPresets.named(target.key.provider))
            let run = KeyRotationRun(rotating: rotating, context: context, probe: probe, graceSeconds: graceSeconds)
            let report = try await run.rotate(target, to: key, confirmed: confirmed)
            await rotating.end()
            try KeyRotationRun.show(report, json: output.json)
        } catch {
            await rotating.end()
            throw error
        }
    }

    /// What the owner takes for right where only an access file vouches for the destination: named by the option, or asked for.
    private func confirm(
        _ target: RotationTarget, isOwner: Bool, _ context: ClientContext
    ) throws(ClientError) -> ConfirmedDestination? {
        guard target.unconfirmedWriter != nil, isOwner else { return nil }
        let url = target.key.destination.url
        if let confirmDestination {
            guard confirmDestination == url else {
                throw .invalidInput("\(alias) goes to \(url), not to \(confirmDestination); nothing was sent")
            }
            return ConfirmedDestination(target)
        }
        guard context.secrets.isInteractive, let terminal = Terminal() else { throw .unconfirmedDestination(alias, target.key.destination) }
        terminal.show("\(alias) was enrolled with an access file; nobody but that file says where it goes.\n")
        guard try terminal.confirm("It goes to \(url). Is that right?") else { throw .cancelled }
        return ConfirmedDestination(target)
    }
}
