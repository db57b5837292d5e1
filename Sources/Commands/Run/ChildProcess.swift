import Client
import Glibc
import SecretMemory

/// How a child ended, as the status of this program.
struct ChildEnded: Error {
    /// The child's own status, or 128 + the signal that ended it.
    let status: Int32
}

/// A program started directly, without a shell.
enum ChildProcess {
    /// What shells answer where a program is not found, or is no program.
    private static let notFound: Int32 = 127
    private static let notExecutable: Int32 = 126

    /// Starts a program and waits for its end, passing signals on.
    /// - Parameters:
    ///   - arguments: the last `count` arguments of this process are the program and its own; taken as the bytes they came as.
    ///   - environment: wiped as soon as the child runs, which has its own copy.
    ///   - name: for what is said when it cannot be started.
    /// - Returns: its status, 128 + signal, 127 where there is no such program, 126 where it cannot be run.
    static func run(
        lastArguments count: Int, environment: consuming EnvironmentBlock, _ name: String
    ) async throws(ClientError) -> Int32 {
        let reset = SignalRelay.install() + [SIGPIPE]
        OriginalFileMask.restore()
        let (process, code) = spawn(lastArguments: count, environment: environment, resetting: reset)
        guard code == 0 else {
            Output.error("\(name): \(SystemError.text(code))")
            return code == ENOENT ? notFound : notExecutable
        }
        _ = consume environment
        SignalRelay.forward(to: process)
        defer { SignalRelay.forward(to: 0) }
        return try await wait(for: process)
    }

    private static func spawn(
        lastArguments count: Int, environment: borrowing EnvironmentBlock, resetting signals: [Int32]
    ) -> (pid_t, Int32) {
        let total = Int(CommandLine.argc)
        guard count >= 1, count <= total else { return (0, EINVAL) }
        let argv = unsafe CommandLine.unsafeArgv.advanced(by: total - count)
        guard let program = unsafe argv[0] else { return (0, EINVAL) }
        var attributes = posix_spawnattr_t()
        guard unsafe posix_spawnattr_init(&attributes) == 0 else { return (0, ENOMEM) }
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        var set = sigset_t()
        unsafe sigemptyset(&set)
        unsafe posix_spawnattr_setsigmask(&attributes, &set)
        for signal in signals { unsafe sigaddset(&set, signal) }
        unsafe posix_spawnattr_setsigdefault(&attributes, &set)
        unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF) | Int16(POSIX_SPAWN_SETSIGMASK))
        var process: pid_t = 0
        let code = unsafe environment.withPointer { unsafe posix_spawnp(&process, program, nil, &attributes, argv, $0) }
        return (process, code ?? ENOMEM)
    }

    /// Waits on a thread of its own.
    static func wait(for process: pid_t) async throws(ClientError) -> Int32 {
        let (status, code) = await BlockingCall.run {
            var status: Int32 = 0
            while unsafe waitpid(process, &status, 0) < 0 {
                guard errno == EINTR else { return (Int32(0), errno) }
            }
            return (status, 0)
        }
        guard code == 0 else { throw .system("cannot wait for the program: \(SystemError.text(code))") }
        // The macros of wait.h: the low 7 bits are the signal, 0 for an exit, whose status is in the second byte.
        let signal = status & 0x7f
        return signal == 0 ? (status >> 8) & 0xff : 128 + signal
    }
}
