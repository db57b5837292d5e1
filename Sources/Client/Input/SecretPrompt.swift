import Glibc
import SecretMemory
import Synchronization

/// Reads a line from a terminal without echo, straight into guarded memory.
///
/// The terminal is switched to single bytes and edits nothing itself: its line buffer would hold the secret in the kernel and cut a key at
/// 4 095 bytes. Backspace, Ctrl-U, Ctrl-D, Ctrl-C and Ctrl-Z are handled here. A signal that ends the process restores the terminal first.
enum SecretPrompt {
    // What a signal handler needs: set while a prompt is open. A handler may touch nothing that allocates or locks.
    nonisolated(unsafe) private static var saved = termios()
    private static let openDescriptor = Atomic<Int32>(-1)
    private static let fatalSignals = [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGALRM]

    /// - Returns: `nil` for an empty line.
    /// - Throws: `.cancelled` at Ctrl-D on an empty line or a hang-up; `.invalidInput` above `limit` bytes; `.system`.
    static func read(_ descriptor: Int32, limit: Int) throws(ClientError) -> SecretBytes? {
        try begin(descriptor)
        defer { end(descriptor) }
        var count = 0
        let buffer = try SecretBytes(count: limit + 1) { (span) throws(ClientError) in
            while true {
                switch try nextByte(descriptor) {
                case nil: throw .cancelled
                case 0x0d, 0x0a: return
                case 0x04:  // Ctrl-D
                    guard count > 0 else { throw .cancelled }
                    return
                case 0x03: raiseRestored(SIGINT, descriptor)
                case 0x1c: raiseRestored(SIGQUIT, descriptor)
                case 0x1a: raiseRestored(SIGTSTP, descriptor)
                case 0x7f, 0x08:
                    while count > 0 {  // a whole UTF-8 character
                        count -= 1
                        if span.byte(at: count) & 0xc0 != 0x80 { break }
                    }
                case 0x15: count = 0  // Ctrl-U
                case let byte?:
                    guard count < limit else { throw .invalidInput("more than \(limit) bytes were typed") }
                    span.storeBytes(of: byte, toByteOffset: count, as: UInt8.self)
                    count += 1
                }
            }
        }
        guard count > 0 else { return nil }
        return buffer.withBytes { SecretBytes(copying: $0.extracting(0..<count)) }
    }

    private static func nextByte(_ descriptor: Int32) throws(ClientError) -> UInt8? {
        var byte: UInt8 = 0
        while true {
            let got = unsafe Glibc.read(descriptor, &byte, 1)
            if got == 1 { return byte }
            if got == 0 { return nil }
            guard errno == EINTR else { throw .system("cannot read the terminal: \(SystemError.text(errno))") }
        }
    }

    private static func begin(_ descriptor: Int32) throws(ClientError) {
        var settings = termios()
        guard unsafe tcgetattr(descriptor, &settings) == 0 else {
            throw .system("cannot switch the terminal's echo off: \(SystemError.text(errno))")
        }
        unsafe saved = settings
        openDescriptor.store(descriptor, ordering: .sequentiallyConsistent)
        for signal in fatalSignals {
            var action = sigaction()
            unsafe action.__sigaction_handler.sa_handler = { number in
                let descriptor = SecretPrompt.openDescriptor.exchange(-1, ordering: .sequentiallyConsistent)
                if descriptor >= 0 { _ = unsafe tcsetattr(descriptor, TCSANOW, &SecretPrompt.saved) }
                _ = Glibc.signal(number, SIG_DFL)
                _ = raise(number)
            }
            _ = unsafe sigaction(signal, &action, nil)
        }
        try hide(descriptor)
    }

    private static func hide(_ descriptor: Int32) throws(ClientError) {
        var quiet = unsafe saved
        quiet.c_lflag &= ~tcflag_t(ECHO | ECHONL | ICANON | ISIG | IEXTEN)
        quiet.c_iflag &= ~tcflag_t(IXON)
        unsafe withUnsafeMutableBytes(of: &quiet.c_cc) { characters in
            unsafe characters[Int(VMIN)] = 1
            unsafe characters[Int(VTIME)] = 0
        }
        guard unsafe tcsetattr(descriptor, TCSAFLUSH, &quiet) == 0 else {
            throw .system("cannot switch the terminal's echo off: \(SystemError.text(errno))")
        }
    }

    private static func end(_ descriptor: Int32) {
        openDescriptor.store(-1, ordering: .sequentiallyConsistent)
        _ = unsafe tcsetattr(descriptor, TCSANOW, &saved)
        for signal in fatalSignals { _ = Glibc.signal(signal, SIG_DFL) }
    }

    // A key that means a signal: with the terminal as it was, for as long as the signal takes.
    private static func raiseRestored(_ signal: Int32, _ descriptor: Int32) {
        _ = unsafe tcsetattr(descriptor, TCSANOW, &saved)
        // To the process: this may be a worker thread, and those block signals. What does not end the process stops it within the pause.
        kill(getpid(), signal)
        usleep(100_000)
        try? hide(descriptor)
    }
}
