import Client
import Glibc
import SecretMemory

/// Where secrets come from in this run: descriptors the user named, else the terminal.
struct SecretSource {
    /// `TACIT_PASSPHRASE_FD`.
    private let passphraseDescriptor: Int32?

    /// - Throws: `.invalidInput` for a `TACIT_PASSPHRASE_FD` that is no descriptor number.
    init() throws(ClientError) {
        guard let text = ProcessEnvironment.values(["TACIT_PASSPHRASE_FD"])["TACIT_PASSPHRASE_FD"], !text.isEmpty else {
            passphraseDescriptor = nil
            return
        }
        guard let number = Int32(text), number >= 0 else {
            throw .invalidInput("TACIT_PASSPHRASE_FD is no file descriptor number")
        }
        // A child gets neither the descriptor nor, when it is read, its number.
        _ = fcntl(number, F_SETFD, FD_CLOEXEC)
        passphraseDescriptor = number
    }

    /// Whether questions may be asked: there is a terminal, and the user did not prepare an unattended run.
    var isInteractive: Bool {
        guard passphraseDescriptor == nil else { return false }
        return Terminal() != nil
    }

    /// The passphrase of an account.
    func passphrase(_ question: String) throws(ClientError) -> SecretBytes {
        if let given = try passphraseFromDescriptor() { return given }
        let terminal = try terminal(for: "a passphrase")
        guard let typed = try terminal.askSecret(question, limit: SecretText.maximumPassphraseCount) else {
            throw .invalidInput("no passphrase was given")
        }
        return typed
    }

    /// A new passphrase, asked for twice on a terminal.
    func newPassphrase() throws(ClientError) -> SecretBytes {
        if let given = try passphraseFromDescriptor() {
            try SecretText.checkNewPassphrase(given)
            return given
        }
        let terminal = try terminal(for: "a new passphrase")
        while true {
            guard let first = try terminal.askSecret("New passphrase: ", limit: SecretText.maximumPassphraseCount) else {
                throw .invalidInput("no passphrase was given")
            }
            do { try SecretText.checkNewPassphrase(first) } catch {
                terminal.show("\(error)\n")
                continue
            }
            if let second = try terminal.askSecret("The same again: ", limit: SecretText.maximumPassphraseCount), first.isEqual(to: second)
            {
                return first
            }
            terminal.show("These differ. Once more.\n")
        }
    }

    /// A secret of another kind: from a descriptor where the user named one, else asked for.
    /// - Parameter descriptor: read to its end.
    func secret(
        _ question: String, from descriptor: Int32?, limit: Int, orUse option: String
    ) throws(ClientError) -> SecretBytes? {
        if let descriptor {
            guard isatty(descriptor) == 0 else {
                throw .invalidInput(
                    "that descriptor is a terminal and would show what is typed: leave \(option) out to be asked without echo")
            }
            return try SecretReader.readAll(descriptor, limit: limit)
        }
        guard let terminal = Terminal() else { throw .needsTerminal("there is no terminal to ask on: use \(option)") }
        return try terminal.askSecret(question, limit: limit)
    }

    private func passphraseFromDescriptor() throws(ClientError) -> SecretBytes? {
        guard let passphraseDescriptor else { return nil }
        defer {
            close(passphraseDescriptor)
            _ = unsafe unsetenv("TACIT_PASSPHRASE_FD")
        }
        guard let line = try SecretReader.readLine(passphraseDescriptor, limit: SecretText.maximumPassphraseCount) else {
            throw .invalidInput("TACIT_PASSPHRASE_FD gave no passphrase")
        }
        return line
    }

    private func terminal(for what: String) throws(ClientError) -> Terminal {
        guard let terminal = Terminal() else {
            throw .needsTerminal("\(what) is needed and there is no terminal to ask on: set TACIT_PASSPHRASE_FD to a file descriptor")
        }
        return terminal
    }
}
