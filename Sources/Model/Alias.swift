/// The name a provider key is used by: 1 to 32 of `[a-z0-9-]`, unique in an account, the first path segment at the proxy.
package struct Alias: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let text: String

    /// `nil` where `text` is not a valid alias.
    package init?(_ text: some StringProtocol) {
        let utf8 = text.utf8
        guard (1...32).contains(utf8.count), utf8.allSatisfy(Self.allows) else { return nil }
        self.text = String(text)
    }

    package var description: String { text }

    package static func < (a: Self, b: Self) -> Bool { a.text < b.text }

    private static func allows(_ c: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(c) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(c) || c == UInt8(ascii: "-")
    }
}

extension Alias: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let alias = Alias(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "an alias is 1 to 32 of a-z, 0-9 and -")
        }
        self = alias
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
