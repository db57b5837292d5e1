import ArgumentParser
import CHardening
import Client
import Glibc
import SecretMemory

/// One run of the program: limits on the process first, then the command, then what is said about its end.
package enum TacitProgram {
    /// Runs a command line.
    /// - Parameter arguments: without the program's own name.
    /// - Returns: the status to end with, as ``ExitStatus`` lists them; after `run`, the child's.
    package static func run(_ arguments: [String]) async -> Int32 {
        // A core, a debugger of the same user, and files open to others are out of the question for every command: most touch secrets.
        _ = tacit_hardening_disable_core_files()
        _ = tacit_hardening_disable_dumping()
        OriginalFileMask.capture()
        tacit_hardening_set_private_umask()
        // A closed pipe is an error of the write that meets it, not the end of the process.
        _ = signal(SIGPIPE, SIG_IGN)
        do {
            try SecretMemoryLibrary.initialize()
            var command = try TacitCommand.parseAsRoot(arguments)
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
            return ExitStatus.done.rawValue
        } catch {
            return report(error)
        }
    }

    private static func report(_ error: any Error) -> Int32 {
        switch error {
        case let ended as ChildEnded: return ended.status
        case let error as ClientError:
            Output.error("\(error)")
            return ExitStatus(error).rawValue
        case let error as StartError:
            Output.error(error.description)
            return ExitStatus(error).rawValue
        case let error as CheckFailed:
            return error.status.rawValue
        case let error as SecretMemoryError:
            Output.error("no guarded memory: \(error)")
            return ExitStatus.failed.rawValue
        default:
            let isClean = TacitCommand.exitCode(for: error).isSuccess
            let message = TacitCommand.fullMessage(for: error)
            if !message.isEmpty { isClean ? Output.data(message) : Output.words(message) }
            return (isClean ? ExitStatus.done : .usage).rawValue
        }
    }
}
