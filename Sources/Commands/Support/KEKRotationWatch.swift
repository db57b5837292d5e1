import Client
import Dispatch
import Glibc
import Model
import Synchronization

/// Follows a rotation that the broker does until it ends, with a bar on a terminal and lines of JSON for a program. Ctrl-C ends the
/// watching and nothing else.
struct KEKRotationWatch {
    let operatorAccess: Operator
    let json: Bool

    /// - Parameter rotation: as it was begun.
    /// - Throws: `CheckFailed` with 1 for any end but `done`, 6 for damaged rows, with 130 for Ctrl-C.
    func run(_ rotation: KEKMessages.Rotation) async throws {
        let interrupt = Interrupt()
        defer { interrupt.end() }
        var bar = ProgressBar("wrapping anew", isQuiet: json)
        var rotation = rotation
        var shown: KEKMessages.Rotation?
        var told = ""
        var attempts = 0
        while true {
            if json, rotation != shown { try Output.json(rotation) }
            shown = rotation
            // Who runs this by a timer learns what it waits for; a bar and JSON lines say it themselves.
            if !json, !bar.isVisible, !rotation.cause.isEmpty, rotation.cause != told {
                told = rotation.cause
                Output.words("The rotation waits, and goes on by itself: \(rotation.cause)")
            }
            bar.show(rotation.rewrapped, of: rotation.total, note: rotation.cause)
            guard rotation.state == "running" else { break }
            guard !interrupt.isRaised else {
                bar.end()
                Output.words("The rotation goes on in the broker. See how far it is: tacit kek status")
                throw CheckFailed(status: .interrupted)
            }
            try await Task.sleep(for: .milliseconds(200))
            do throws(ClientError) {
                rotation = try await operatorAccess.kekRotation()
                attempts = 0
            } catch {
                // A broker that is started again goes on with it.
                attempts += 1
                guard attempts < 50, case .transport = error else {
                    bar.end()
                    throw error
                }
            }
        }
        bar.end()
        try say(rotation)
    }

    private func say(_ rotation: KEKMessages.Rotation) throws {
        guard rotation.state != "done" else {
            guard !json else { return }
            Output.data("\(rotation.rewrapped) wraps are under KEK version \(rotation.epoch); no older one is left")
            Output.words("What is older can be destroyed: tacit kek status, tacit kek retire VERSION")
            return
        }
        guard rotation.state == "damaged" else {
            Output.error("the rotation is \(rotation.state) and not done; run: tacit kek status")
            throw CheckFailed(status: .failed)
        }
        if !json {
            for row in rotation.damagedRows { Output.data("damaged   \(row)") }
        }
        Output.error(
            "\(rotation.damaged) rows do not open and stay as they are; their KEK version is kept\nrestore the rows or the keyring, or delete what they belong to; run: tacit doctor"
        )
        throw CheckFailed(status: .integrity)
    }
}

/// Whether Ctrl-C was pressed.
private struct Interrupt {
    private final class Flag: Sendable {
        let isRaised = Mutex(false)
    }

    private let flag = Flag()
    private let source: any DispatchSourceSignal

    var isRaised: Bool { flag.isRaised.withLock { $0 } }

    init() {
        _ = signal(SIGINT, SIG_IGN)
        source = DispatchSource.makeSignalSource(signal: SIGINT, queue: .global())
        source.setEventHandler { [flag] in flag.isRaised.withLock { $0 = true } }
        source.resume()
    }

    func end() {
        source.cancel()
        _ = signal(SIGINT, SIG_DFL)
    }
}
