import Client
import Glibc
import Model
import SecretMemory

/// Shows a recovery code, once.
enum RecoveryCodeDisplay {
    /// On the terminal, where its last group is asked back; without one, on standard error.
    /// - Throws: nothing that would hide the code: a cancelled confirmation is no error.
    static func show(_ code: borrowing SecretBytes, of name: AccountName, secrets: SecretSource) throws(ClientError) {
        guard secrets.isInteractive, let terminal = Terminal() else {
            Output.words("Recovery code of \(name), shown this once. Keep it away from this machine:")
            _ = code.withBytes { DescriptorWriter.write($0, to: STDERR_FILENO) }
            Output.words("")
            return
        }
        terminal.show("\nRecovery code of \(name), shown this once. Write it down and keep it away from this machine:\n\n    ")
        terminal.show(code)
        terminal.show("\n\n")
        for _ in 0..<3 {
            guard let typed = try? terminal.askSecret("Type its last group, to be sure it is written down: ", limit: 64) else { continue }
            if isLastGroup(typed, of: code) { return }
            terminal.show("That is not its last group.\n")
        }
        terminal.show("Not confirmed; the code stays valid. A new one: tacit account recover \(name)\n")
    }

    /// Shows a code without asking it back, for a change that has to go on within its minute.
    /// - Parameter when: what has to happen before it opens anything.
    static func print(_ code: borrowing SecretBytes, of name: AccountName, secrets: SecretSource, when: String) {
        let words = "Recovery code of \(name), shown this once, \(when). Keep it away from this machine:"
        guard secrets.isInteractive, let terminal = Terminal() else {
            Output.words(words)
            _ = code.withBytes { DescriptorWriter.write($0, to: STDERR_FILENO) }
            return Output.words("")
        }
        terminal.show("\n\(words)\n\n    ")
        terminal.show(code)
        terminal.show("\n\n")
    }

    private static func isLastGroup(_ typed: borrowing SecretBytes, of code: borrowing SecretBytes) -> Bool {
        guard typed.count == 4, code.count > 4 else { return false }
        return typed.withBytes { typed in
            code.withBytes { code in
                typed.byteOffsets.allSatisfy { index in
                    let given = unsafe typed.unsafeLoad(fromByteOffset: index, as: UInt8.self)
                    let expected = unsafe code.unsafeLoad(fromByteOffset: code.byteCount - 4 + index, as: UInt8.self)
                    return given == expected || (97...122).contains(given) && given - 32 == expected
                }
            }
        }
    }
}
