import Glibc
import Primitives
import SecretMemory

/// Fills a data directory with accounts and live sessions, for the benchmark that measures calls beside many of them.
///
/// A client needs a passphrase derivation, a signature and a durable answer for each session; 100 000 that way take hours. This does the
/// client's and the broker's part with their own code in one process, while no broker runs, and stores what they would have stored.
@main
enum TacitSessions {
    static let usage = """
        usage: tacit-sessions DATA-DIRECTORY KEYRING UPSTREAM-URL ACCOUNTS SESSIONS-OF-EACH   (the provider key on standard input)

        Prints the tokens, one a line.

        """

    static func main() async {
        let words = CommandLine.arguments.dropFirst()
        guard words.count == 5, let accounts = Int(words[4]), let sessions = Int(words[5]), let key = readLine() else {
            return end(with: usage, status: 2)
        }
        do {
            try PrimitiveLibraries.initialize()
            let filler = try await Filler(directory: words[1], keyring: words[2], upstream: words[3], key: key)
            for number in 0..<accounts {
                for token in try await filler.addAccount(named: "bench-\(number)", sessions: sessions) { print(token) }
            }
            try filler.close()
        } catch {
            end(with: "tacit-sessions: \(error)\n", status: 1)
        }
    }

    private static func end(with text: String, status: Int32) {
        let bytes = Array(text.utf8)
        _ = unsafe bytes.withUnsafeBytes { unsafe write(2, $0.baseAddress, $0.count) }
        exit(status)
    }
}
