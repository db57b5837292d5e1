package import Model
import Primitives
import SecretMemory

/// Tokens of 32 random bytes that a broker knows by their digest: an owner's after login, and invitations (FORMAT section 9).
package enum BearerToken {
    package enum Kind: Sendable, CaseIterable {
        /// `tco_`: 15 minutes after a login.
        case owner
        /// `tci_`: makes one account.
        case invitation

        var prefix: StaticString {
            switch self {
            case .owner: "tco_"
            case .invitation: "tci_"
            }
        }
    }

    /// Characters of the text.
    package static let textCount = 47

    /// Makes a new token.
    package static func make(_ kind: Kind) throws(EnvelopeError) -> MadeToken {
        let secret = Random.secret(32)
        return try secret.withBytes { (secret) throws(EnvelopeError) in
            MadeToken(text: try TokenText.encode(prefix: kind.prefix, raw: secret), digest: Blob(SHA256.hash(secret)))
        }
    }

    /// The digest of a token's 32 bytes; `nil` where `text` (ASCII) has not exactly the form of such a token. Keeps nothing.
    package static func digest(of text: RawSpan, kind: Kind) -> Blob? {
        var storage = InlineArray<32, UInt8>(repeating: 0)
        var elements = storage.mutableSpan
        var raw = unsafe elements.mutableBytes
        defer { wipe(&raw) }
        guard TokenText.decode(text, prefix: kind.prefix, into: &raw) else { return nil }
        return Blob(SHA256.hash(raw.bytes))
    }
}
