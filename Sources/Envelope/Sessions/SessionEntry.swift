package import Model
import SecretMemory

/// A DEK encrypted under a session's AEAD key: nonce (12) ‖ ciphertext (32) ‖ tag (16) (`tacit/session-entry/v1`).
package enum SessionEntry {
    /// Bytes of an entry.
    package static let count = 60

    /// Makes an entry.
    /// - Parameters:
    ///   - dek: 32 bytes.
    ///   - aeadKey: 32 bytes.
    /// - Throws: `.malformed` for other lengths.
    package static func encrypt(_ dek: RawSpan, aeadKey: RawSpan, context: ContextBytes) throws(EnvelopeError) -> Blob {
        guard dek.byteCount == DEK.count else { throw .malformed("DEK") }
        return try Cipher.encrypt(dek, key: aeadKey, context: context)
    }

    /// Opens an entry into the caller's memory. For the hot path: allocates nothing that could hold a secret.
    /// - Parameters:
    ///   - entry: 60 bytes.
    ///   - context: the bytes of ``KeyContext/sessionEntry(sessionID:expiresAt:policyDigest:)``.
    ///   - out: exactly 32 bytes; wiped on every failure.
    /// - Throws: `.authenticationFailed`; `.malformed` for lengths that do not fit.
    package static func open(
        _ entry: RawSpan, aeadKey: RawSpan, context: RawSpan, into out: inout MutableRawSpan
    ) throws(EnvelopeError) {
        guard entry.byteCount == count else {
            wipe(&out)
            throw .malformed("session entry of \(entry.byteCount) bytes")
        }
        try Cipher.decrypt(entry, key: aeadKey, context: context, into: &out)
    }
}
