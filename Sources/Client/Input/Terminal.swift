import Glibc
package import SecretMemory

/// The terminal a person sits at (`/dev/tty`), whatever the standard streams are connected to.
package struct Terminal: ~Copyable, Sendable {
    private let descriptor: Int32

    /// Opens the controlling terminal; `nil` where the process has none.
    package init?() {
        let descriptor = unsafe open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)
        guard descriptor >= 0 else { return nil }
        self.descriptor = descriptor
    }

    /// Takes a descriptor of a terminal over, for tests on a pseudo terminal.
    package init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// Shows text.
    package borrowing func show(_ text: String) {
        DescriptorWriter.write(text, to: descriptor)
    }

    /// Shows a secret, straight from guarded memory.
    package borrowing func show(_ secret: borrowing SecretBytes) {
        secret.withBytes { _ = DescriptorWriter.write($0, to: descriptor) }
    }

    /// Asks for a line of ordinary text, with echo, as the terminal edits it.
    /// - Throws: `.cancelled` at the end of input.
    package borrowing func ask(_ question: String) throws(ClientError) -> String {
        show(question)
        guard let line = try SecretReader.readLine(descriptor, limit: 1024) else { return "" }
        return line.withBytes { span in unsafe span.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) } }
    }

    /// Asks yes or no; anything but y or yes is no.
    package borrowing func confirm(_ question: String) throws(ClientError) -> Bool {
        ["y", "yes"].contains(try ask(question + " [y/N] ").lowercased())
    }

    /// Asks for a secret without echo.
    /// - Parameter limit: most bytes accepted.
    /// - Returns: `nil` for an empty line.
    /// - Throws: `.cancelled` for Ctrl-D on an empty line; Ctrl-C ends the process as everywhere else.
    package borrowing func askSecret(_ question: String, limit: Int) throws(ClientError) -> SecretBytes? {
        show(question)
        defer { show("\n") }
        return try SecretPrompt.read(descriptor, limit: limit)
    }
}
