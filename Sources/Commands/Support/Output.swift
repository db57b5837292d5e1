import Client
import Glibc
import Model
import SecretMemory

/// The standard streams: data on one, words on the other.
enum Output {
    /// A line of data.
    static func data(_ text: String) {
        DescriptorWriter.write(text.hasSuffix("\n") ? text : text + "\n", to: STDOUT_FILENO)
    }

    /// A line for people.
    static func words(_ text: String) {
        DescriptorWriter.write(text.hasSuffix("\n") ? text : text + "\n", to: STDERR_FILENO)
    }

    /// An error, its first line marked with the program's name.
    static func error(_ text: String) {
        words("tacit: " + text)
    }

    /// A secret the user asked for, and a line feed, straight from guarded memory.
    /// - Throws: `.system` where it cannot be written.
    static func secret(_ secret: borrowing SecretBytes) throws(ClientError) {
        let failure = secret.withBytes { DescriptorWriter.write($0, to: STDOUT_FILENO) }
        if let failure { throw .system("cannot write to standard output: \(SystemError.text(failure))") }
        DescriptorWriter.write("\n", to: STDOUT_FILENO)
    }

    /// A message as one line of JSON.
    static func json(_ message: some Encodable) throws(ClientError) {
        do { data(String(decoding: try WireJSON.encode(message), as: UTF8.self)) } catch { throw .system("\(error)") }
    }

    /// Columns for people, padded; nothing for no rows.
    static func table(_ header: [String], _ rows: [[String]]) {
        guard !rows.isEmpty else { return }
        var widths = header.map(\.count)
        for row in rows {
            for (column, cell) in row.enumerated() where column < widths.count { widths[column] = max(widths[column], cell.count) }
        }
        for row in [header] + rows {
            let cells = row.enumerated().map { column, cell in
                column + 1 == row.count ? cell : cell + String(repeating: " ", count: max(0, widths[column] - cell.count))
            }
            data(cells.joined(separator: "  "))
        }
    }
}
