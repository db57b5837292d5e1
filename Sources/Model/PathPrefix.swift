/// A path or path prefix that means one thing only: starts with `/`, visible ASCII, no empty, `.` or `..` segment, no query, and no
/// percent-encoded slash, backslash or dot. Matched on segment borders.
package struct PathPrefix: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let text: String

    /// - Throws: `.invalidDestination` where the rule above is broken or the text is longer than 1 024 bytes. A trailing `/` is cut.
    package init(_ input: some StringProtocol) throws(ModelError) {
        var text = String(input)
        while text.hasSuffix("/") { text.removeLast() }
        let lower = text.lowercased()
        let segments = text.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        guard text.hasPrefix("/"), text.utf8.count <= 1024, text.utf8.allSatisfy({ (0x21...0x7e).contains($0) }),
            !text.contains("?"), !text.contains("#"), !text.contains("\\"),
            !lower.contains("%2f"), !lower.contains("%5c"), !lower.contains("%2e"), !lower.contains("%00"),
            segments.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." })
        else {
            throw ModelError(.invalidDestination, "\(input) is not a plain absolute path")
        }
        self.text = text
    }

    package var description: String { text }
    package static func < (a: Self, b: Self) -> Bool { a.text.utf8.lexicographicallyPrecedes(b.text.utf8) }
}

extension PathPrefix: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        do { self = try PathPrefix(try container.decode(String.self)) } catch let error as ModelError {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: error.reason)
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
