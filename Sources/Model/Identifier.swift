/// A 16-byte id. Each kind is its own type, so that one cannot stand in for another.
package protocol Identifier: Hashable, Sendable, Codable, Comparable, CustomStringConvertible {
    var words: IdentifierWords { get }
    init(words: IdentifierWords)
}

extension Identifier {
    /// Exactly 16 bytes, in an array made for the caller.
    package var bytes: [UInt8] { words.bytes }

    /// `nil` unless `bytes` has 16 bytes.
    package init?(bytes: [UInt8]) {
        guard let words = IdentifierWords(bytes.span) else { return nil }
        self.init(words: words)
    }

    /// 22 characters of unpadded base64url.
    package var description: String { Blob(bytes).text }

    /// Reads the 22-character text; `nil` where it is not exactly an id.
    package init?(text: some StringProtocol) {
        guard let blob = Blob(text: text) else { return nil }
        self.init(bytes: blob.bytes)
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let id = Self(text: try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not an id of 16 bytes in base64url")
        }
        self = id
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }

    /// As their bytes stand in order.
    package static func < (a: Self, b: Self) -> Bool { (a.words.high, a.words.low) < (b.words.high, b.words.low) }
}

/// First 16 bytes of SHA-256(`tacit/account/v1` ‖ identity public key); FORMAT section 5.
package struct AccountID: Identifier {
    package let words: IdentifierWords
    package init(words: IdentifierWords) { self.words = words }
}

/// Names one provider key; random.
package struct KeyID: Identifier {
    package let words: IdentifierWords
    package init(words: IdentifierWords) { self.words = words }
}

/// Names one way to open an account's private keys; random.
package struct SlotID: Identifier {
    package let words: IdentifierWords
    package init(words: IdentifierWords) { self.words = words }
}

/// First 16 bytes of SHA-256(account id ‖ session public key); FORMAT section 8.
package struct SessionID: Identifier {
    package let words: IdentifierWords
    package init(words: IdentifierWords) { self.words = words }
}

/// Names one access file's writer; random.
package struct WriterID: Identifier {
    package let words: IdentifierWords
    package init(words: IdentifierWords) { self.words = words }
}

/// Names one store, so that its anchor outside the database is not mistaken for another's; random.
package struct StoreID: Identifier {
    package let words: IdentifierWords
    package init(words: IdentifierWords) { self.words = words }
}
