import ArgumentParser
import Client
import Model
import Providers

/// `tacit rotate due`.
struct RotateDueCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "due", abstract: "Say which keys are older than they should be; for timers.",
        discussion: """
            The age is that of the value in use, by the time its signer signed. The status is 0 where nothing is due and 1 where something \
            is. With --exec every key that is due gets a new value, as rotate key --exec would give it, and the status is 0 where all did. \
            Needs an access file with list (and rotate, for --exec) in TACIT_ACCESS_FILE, or the passphrase.

            Example of a crontab line, see Docs/JOBS.md:
              15 4 * * * TACIT_ACCESS_FILE=$HOME/.config/tacit/nightly.json tacit rotate due --max-age 30d --probe --exec /usr/local/bin/new-key
            """)

    @Option(help: ArgumentHelp("How old a value may be.", valueName: "90d"))
    var maxAge = "90d"

    @OptionGroup var program: KeyProgramOptions

    @Option(help: ArgumentHelp("--exec: how long the old key can be brought back.", valueName: "24h"))
    var grace = "24h"

    @OptionGroup var probing: ProbeOptions

    @OptionGroup var output: JSONOption

    func validate() throws {
        try probing.validatePath()
        guard program.exec != nil || !probing.probe else { throw ValidationError("--probe needs --exec") }
    }

    func run() async throws {
        let limit = try TimeText.secondsOrNone(maxAge)
        let graceSeconds = try TimeText.secondsOrNone(grace)
        let context = try ClientContext()
        let rotating = try await Rotating.open(in: context)
        do {
            if let job = rotating.job { try job.require(.list) }
            let rotator = try rotating.rotator()
            let list = try await rotator.listKeys()
            let due = try DueKeys(list, identity: rotator.identity, maximumAgeSeconds: limit, now: TimeText.now())
            var left = due.items.count
            if program.exec == nil {
                show(due)
            } else {
                var bar = ProgressBar("Rotating", isQuiet: output.json)
                for (index, item) in due.items.enumerated() {
                    bar.show(UInt64(index), of: UInt64(due.items.count), note: item.alias.text)
                    if try await rotate(item, rotating, context, graceSeconds, &bar) { left -= 1 }
                }
                bar.end()
            }
            await rotating.end()
            guard left == 0 else { throw CheckFailed(status: .failed) }
            if due.items.isEmpty { Output.words("Nothing is due.") }
        } catch {
            await rotating.end()
            throw error
        }
    }

    private func show(_ due: DueKeys) {
        if output.json {
            for item in due.items { try? Output.json(item) }
        } else {
            Output.table(
                ["ALIAS", "PROVIDER", "VERSION", "SIGNED", "AGE"],
                due.items.map { item in
                    [
                        item.alias.text, item.provider, "\(item.version)", TimeText.date(item.signedAt),
                        TimeText.left(until: item.ageSeconds, now: 0),
                    ]
                })
            for item in due.items { Output.words("run: tacit rotate key \(item.alias)") }
        }
    }

    /// Whether the key has a new value; what went wrong is said, and the others get their turn.
    private func rotate(
        _ item: DueKeys.Item, _ rotating: Rotating, _ context: ClientContext, _ graceSeconds: UInt64, _ bar: inout ProgressBar
    ) async throws -> Bool {
        do {
            let target = try await rotating.target(item.alias)
            let probe = probing.probe ? try KeyProbe(for: target.key, path: probing.probePath) : nil
            let run = KeyRotationRun(rotating: rotating, context: context, probe: probe, graceSeconds: graceSeconds)
            // Before a program makes a key that nobody could use.
            try rotating.rotator().requireConfirmed(target)
            guard let key = try await program.run(for: target.key) else { return false }
            let report = try await run.rotate(target, to: key, confirmed: nil)
            bar.end()
            try KeyRotationRun.show(report, json: output.json)
            return true
        } catch is CheckFailed {
            return false
        } catch let error as ClientError {
            bar.end()
            if case .untrusted = error { throw error }
            Output.error("\(item.alias): \(error)")
            return false
        }
    }
}
