import Client
import Glibc
import SecretMemory

/// An external program that makes a new key and prints it: how providers with a minting API are plugged in.
///
/// It is started without a shell where its command line has nothing a shell would be needed for. Its standard input is empty, its errors go
/// where ours go, and what it prints is read into guarded memory. The pipe between it and us is kernel memory, which nothing of ours can
/// wipe.
enum KeyProgram {
    /// Characters that mean something to a shell; a command line without them is only words.
    private static let shellCharacters = Set("|&;<>()$`\\\"'*?[]#~=%!{}\n")

    /// The program and its arguments, or the shell and the line.
    static func words(_ command: String) -> [String] {
        guard command.allSatisfy({ !shellCharacters.contains($0) }) else { return ["/bin/sh", "-c", command] }
        return command.split(whereSeparator: { $0 == " " || $0 == "\t" }).map(String.init)
    }

    /// Runs a command and gives the key it printed, without the white space around it.
    /// - Parameters:
    ///   - variables: set for the program beside the environment as it is; no secret among them.
    ///   - timeoutSeconds: after which the program is ended.
    /// - Throws: `.system` for a program that cannot be started, fails or takes too long; `.invalidInput` for output that is no key.
    static func run(
        _ command: String, variables: [(String, String)], timeoutSeconds: UInt64
    ) async throws(ClientError) -> SecretBytes {
        let words = words(command)
        guard !words.isEmpty else { throw .invalidInput("--exec takes a command that prints a key") }
        let (process, output) = try start(words, variables: variables)
        let deadline = ContinuousClock.now + .seconds(Int64(clamping: timeoutSeconds))
        let box = await BlockingCall.run { SecretOutcome(reading: output, until: deadline) }
        close(output)
        // The group: a shell's own children, too.
        if box.failure != nil { _ = kill(-process, SIGKILL) }
        let watchdog = Task {
            try await Task.sleep(until: deadline, clock: .continuous)
            _ = kill(-process, SIGKILL)
        }
        let status = try await ChildProcess.wait(for: process)
        watchdog.cancel()
        if let failure = box.failure { throw .system("\(words[0]): \(failure)") }
        guard status == 0 else {
            throw .system("\(words[0]) ended with status \(status); no key was taken from it")
        }
        do { return try SecretText.key(box.take()) } catch {
            throw .invalidInput("\(words[0]) printed no usable key: \(error)")
        }
    }

    private static func start(_ words: [String], variables: [(String, String)]) throws(ClientError) -> (pid_t, Int32) {
        var ends: [Int32] = [0, 0]
        guard unsafe pipe(&ends) == 0 else { throw .system("no pipe: \(SystemError.text(errno))") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        unsafe posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO)
        var attributes = posix_spawnattr_t()
        guard unsafe posix_spawnattr_init(&attributes) == 0 else { throw .system("no memory for a program's attributes") }
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        var set = sigset_t()
        unsafe sigemptyset(&set)
        unsafe posix_spawnattr_setsigmask(&attributes, &set)
        unsafe sigaddset(&set, SIGPIPE)
        unsafe posix_spawnattr_setsigdefault(&attributes, &set)
        unsafe posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETSIGDEF) | Int16(POSIX_SPAWN_SETSIGMASK) | Int16(POSIX_SPAWN_SETPGROUP))
        var argv: [UnsafeMutablePointer<CChar>?] = unsafe words.map { unsafe strdup($0) }
        unsafe argv.append(nil)
        defer { for index in unsafe argv.indices { unsafe free(argv[index]) } }
        let unused = SecretBytes(count: 1) { _ in }
        let environment = EnvironmentBlock(
            variables.map { ChildAssignment(name: $0.0, content: .text($0.1)) }, token: unused, omitting: ["TACIT_PASSPHRASE_FD"])
        var process: pid_t = 0
        let code = unsafe environment.withPointer { unsafe posix_spawnp(&process, words[0], &actions, &attributes, &argv, $0) } ?? ENOMEM
        close(ends[1])
        guard code == 0 else {
            close(ends[0])
            throw .system("\(words[0]): \(SystemError.text(code))")
        }
        return (process, ends[0])
    }
}

/// What was read from a program's output, on the thread that waited for it.
private final class SecretOutcome: Sendable {
    let failure: String?
    private let box: SecretBox?

    /// Reads to the end of the stream.
    init(reading descriptor: Int32, until deadline: ContinuousClock.Instant) {
        let limit = SecretText.maximumKeyCount + 4096
        var count = 0
        var failure: String?
        let buffer = SecretBytes(count: limit + 1) { span in
            while count <= limit {
                let left = ContinuousClock.now.duration(to: deadline)
                guard left > .zero else {
                    failure = "took too long and was ended; give it more time with --exec-timeout"
                    return
                }
                var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
                let ready = unsafe poll(&waiting, 1, Int32(clamping: min(left.components.seconds, 3600) * 1000 + 100))
                guard ready > 0 else { continue }
                let got = unsafe span.withUnsafeMutableBytes { bytes in
                    unsafe read(descriptor, UnsafeMutableRawBufferPointer(rebasing: bytes[count...]).baseAddress, limit + 1 - count)
                }
                if got < 0 && errno == EINTR { continue }
                guard got > 0 else {
                    if got < 0 { failure = "its output cannot be read: \(SystemError.text(errno))" }
                    return
                }
                count += got
            }
            failure = "printed more than \(limit) bytes"
        }
        self.failure = failure
        box = count > 0 ? SecretBox(buffer.withBytes { SecretBytes(copying: $0.extracting(0..<min(count, limit + 1))) }) : nil
    }

    func take() -> SecretBytes? { box?.take() }
}
