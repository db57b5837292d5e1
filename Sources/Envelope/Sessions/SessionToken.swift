package import Model
package import SecretMemory

/// The text of a session token: `tct_` ‖ base64url(session id, 16 bytes ‖ secret, 32 bytes) (FORMAT section 8).
package enum SessionToken {
    /// Characters of the text.
    package static let textCount = 68
    /// Bytes it carries: the session id, then the secret.
    package static let rawCount = 48
    /// Where in those bytes the id stands.
    package static let idRange = 0..<16
    /// Where in those bytes the secret stands.
    package static let secretRange = 16..<48

    /// Reads a token without allocating, in time that depends on lengths only once the prefix fits.
    /// - Parameters:
    ///   - text: ASCII as it came, the caller's to wipe.
    ///   - out: exactly 48 bytes, the caller's to wipe; zeros where the result is `false`.
    /// - Returns: whether `text` has exactly the form of a token.
    package static func parse(_ text: RawSpan, into out: inout MutableRawSpan) -> Bool {
        guard out.byteCount == rawCount else {
            wipe(&out)
            return false
        }
        return TokenText.decode(text, prefix: "tct_", into: &out)
    }

    /// Writes a token, 68 ASCII characters.
    /// - Throws: `.malformed` for a secret that is not 32 bytes.
    package static func text(sessionID: SessionID, secret: RawSpan) throws(EnvelopeError) -> SecretBytes {
        guard secret.byteCount == secretRange.count else { throw .malformed("session secret") }
        let id = sessionID.bytes
        let raw = SecretBytes(count: rawCount) { out in
            out.copy(unsafe id.span.bytes)
            out.copy(secret, to: secretRange.lowerBound)
        }
        return try raw.withBytes { (raw) throws(EnvelopeError) in try TokenText.encode(prefix: "tct_", raw: raw) }
    }
}
