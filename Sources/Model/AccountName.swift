/// An account's name on one broker: 1 to 64 of `[a-z0-9._@+-]`, starting with a letter or digit.
package struct AccountName: Hashable, Sendable, CustomStringConvertible {
    package let text: String

    /// `nil` where `text` is not a valid name.
    package init?(_ text: some StringProtocol) {
        let utf8 = text.utf8
        func isAlphanumeric(_ c: UInt8) -> Bool { (97...122).contains(c) || (48...57).contains(c) }
        guard (1...64).contains(utf8.count), let first = utf8.first, isAlphanumeric(first),
            utf8.allSatisfy({ isAlphanumeric($0) || "._@+-".utf8.contains($0) })
        else { return nil }
        self.text = String(text)
    }

    package var description: String { text }
}

extension AccountName: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let name = AccountName(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "an account name is 1 to 64 of a-z, 0-9 and ._@+-, starting with a letter or digit")
        }
        self = name
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
