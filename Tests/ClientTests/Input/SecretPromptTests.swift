import Client
import Foundation
import Glibc
import SecretMemory
import Testing

/// Prompts on a pseudo terminal: what is typed goes in at the other end.
@Suite(.serialized) struct SecretPromptTests {
    private struct Pair {
        let user: Int32
        let process: Int32

        init?() {
            // ioctl_tty(2): TIOCSPTLCK unlocks the other end, TIOCGPTN tells its number.
            let user = unsafe open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
            var lock: Int32 = 0
            var number: UInt32 = 0
            guard user >= 0, unsafe ioctl(user, 0x4004_5431, &lock) == 0, unsafe ioctl(user, 0x8004_5430, &number) == 0 else { return nil }
            self.user = user
            process = unsafe open("/dev/pts/\(number)", O_RDWR | O_NOCTTY | O_CLOEXEC)
        }

        func type(_ text: String) {
            let bytes = Array(text.utf8)
            _ = unsafe bytes.withUnsafeBytes { unsafe write(user, $0.baseAddress, $0.count) }
        }

        var echoes: Bool {
            var settings = termios()
            _ = unsafe tcgetattr(user, &settings)
            return settings.c_lflag & tcflag_t(ECHO) != 0
        }

        /// What the terminal shows so far.
        func shown() -> String {
            var bytes = [UInt8](repeating: 0, count: 65_536)
            let count = unsafe read(user, &bytes, bytes.count)
            return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
        }
    }

    /// Types `text` once the prompt has switched the echo off.
    private func ask(_ typed: String, limit: Int = 100) throws -> (answer: String?, shown: String) {
        let pair = try #require(Pair())
        defer { close(pair.user) }
        let typist = Thread {
            while pair.echoes { usleep(1000) }
            pair.type(typed)
        }
        typist.start()
        let terminal = Terminal(descriptor: pair.process)
        let answer = optionalText(try terminal.askSecret("Key: ", limit: limit))
        #expect(pair.echoes, "the echo is on again")
        return (answer, pair.shown())
    }

    @Test func showsNothingOfWhatIsTyped() throws {
        let (answer, shown) = try ask("hunter22hunter22\r")
        #expect(answer == "hunter22hunter22")
        #expect(shown.contains("Key: ") && !shown.contains("hunter22"))
    }

    @Test func editsWithBackspaceAndCtrlU() throws {
        #expect(try ask("wrong\u{15}sé\u{7f}ecret\n").answer == "secret")
    }

    @Test func anEmptyLineIsNoSecret() throws {
        #expect(try ask("\n").answer == nil)
    }

    @Test func ctrlDOnAnEmptyLineCancels() {
        #expect(throws: ClientError.cancelled) { try ask("\u{4}") }
    }

    @Test func refusesMoreThanTheLimit() {
        #expect(throws: ClientError.self) { try ask("12345\n", limit: 4) }
    }

    @Test func takesALineLongerThanATerminalsLineBuffer() throws {
        // 4 095 bytes is what a terminal's own line editing holds (termios(3)).
        let long = String(repeating: "k", count: 9_000)
        #expect(try ask(long + "\n", limit: 10_000).answer == long)
    }
}
