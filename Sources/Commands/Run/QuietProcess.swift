import Client
import Glibc

/// A helper program without input and output.
enum QuietProcess {
    /// Runs a program and waits for its end.
    /// - Parameter arguments: the program's name first; no secret among them.
    /// - Returns: its status, 128 + signal, or 127 where it cannot be started.
    static func run(_ arguments: [String]) async throws(ClientError) -> Int32 {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] {
            unsafe posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0)
        }
        var argv: [UnsafeMutablePointer<CChar>?] = unsafe arguments.map { unsafe strdup($0) }
        unsafe argv.append(nil)
        defer { for index in unsafe argv.indices { unsafe free(argv[index]) } }
        guard let program = arguments.first else { return 127 }
        var process: pid_t = 0
        let code = unsafe posix_spawnp(&process, program, &actions, nil, &argv, environ)
        guard code == 0 else { return 127 }
        return try await ChildProcess.wait(for: process)
    }
}
