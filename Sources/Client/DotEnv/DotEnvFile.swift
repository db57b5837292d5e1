import Glibc
package import SecretMemory

/// A `.env` file in guarded memory, with its assignments found.
///
/// Understood: `NAME=value`, optionally after `export`, the value bare, in single or in double quotes; comments; empty lines. A bare value
/// ends at white space followed by `#`. Values with a backslash or `$` in double quotes would need a shell to read and are left out, as are
/// quoted values over several lines.
package struct DotEnvFile: ~Copyable, Sendable {
    package let entries: [DotEnvEntry]
    private let content: SecretBytes
    /// Most bytes of a file.
    package static let limit = 1 << 20

    /// Reads a file whose mode may be anything: a `.env` is the user's, not ours.
    /// - Throws: `.file` where it cannot be read, is empty or is over 1 MiB.
    package init(path: String) throws(ClientError) {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .file(path: path, reason: SystemError.text(errno)) }
        defer { close(descriptor) }
        let read: SecretBytes?
        do { read = try SecretReader.readAll(descriptor, limit: Self.limit) } catch { throw .file(path: path, reason: "\(error)") }
        guard let read else { throw .file(path: path, reason: "it is empty") }
        self.init(content: read)
    }

    /// Takes the bytes of a file over.
    package init(content: consuming SecretBytes) {
        entries = content.withBytes(Self.parse)
        self.content = content
    }

    /// A copy of an entry's value in guarded memory; `nil` for an empty one.
    package borrowing func value(of entry: DotEnvEntry) -> SecretBytes? {
        guard !entry.valueRange.isEmpty else { return nil }
        return content.withBytes { SecretBytes(copying: $0.extracting(entry.valueRange)) }
    }

    /// The file with some lines as comments.
    /// - Parameters:
    ///   - note: what is written instead of the value.
    ///   - keepsValue: keep the line as it was behind the `#` instead.
    package borrowing func commentingOut(_ chosen: [DotEnvEntry], note: String, keepsValue: Bool) -> SecretBytes {
        let byStart = Dictionary(chosen.map { ($0.lineRange.lowerBound, $0) }) { first, _ in first }
        return content.withBytes { bytes in
            var pieces: [Piece] = []
            var index = 0
            while index < bytes.byteCount {
                if let entry = byStart[index] {
                    pieces.append(.text(Array((keepsValue ? "# " : "# \(entry.name)= (\(note))").utf8)))
                    if keepsValue { pieces.append(.range(entry.lineRange)) }
                    index = entry.lineRange.upperBound
                } else {
                    var end = index
                    while end < bytes.byteCount, bytes.byte(at: end) != UInt8(ascii: "\n") { end += 1 }
                    end = min(end + 1, bytes.byteCount)
                    pieces.append(.range(index..<end))
                    index = end
                }
            }
            return SecretBytes(count: pieces.reduce(0) { $0 + $1.count }) { span in
                var offset = 0
                func put(_ byte: UInt8, _ span: inout MutableRawSpan) {
                    span.storeBytes(of: byte, toByteOffset: offset, as: UInt8.self)
                    offset += 1
                }
                for piece in pieces {
                    switch piece {
                    case .text(let text): for byte in text { put(byte, &span) }
                    case .range(let range): for index in range { put(bytes.byte(at: index), &span) }
                    }
                }
            }
        }
    }

    private enum Piece {
        case text([UInt8])
        case range(Range<Int>)

        var count: Int {
            switch self {
            case .text(let text): text.count
            case .range(let range): range.count
            }
        }
    }

    private static func parse(_ bytes: RawSpan) -> [DotEnvEntry] {
        var entries: [DotEnvEntry] = []
        var start = 0
        var number = 0
        while start < bytes.byteCount {
            number += 1
            var end = start
            while end < bytes.byteCount, bytes.byte(at: end) != UInt8(ascii: "\n") { end += 1 }
            if let entry = DotEnvLine.entry(bytes, start..<end, number: number) { entries.append(entry) }
            start = end + 1
        }
        return entries
    }
}
