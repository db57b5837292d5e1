package import Model
import SecretMemory

/// A provider key at rest: nonce (12) ‖ ciphertext ‖ tag (16) under its DEK (FORMAT section 7).
package enum KeyCiphertext {
    /// Bytes a ciphertext is longer than the provider key in it.
    package static let overhead = Cipher.overhead
    /// Most bytes a provider key may have.
    package static let maximumPlaintextCount = 16_384

    /// Bytes of the provider key in a ciphertext of `count` bytes; `nil` where none has that length.
    package static func plaintextCount(of count: Int) -> Int? {
        (1...maximumPlaintextCount).contains(count - overhead) ? count - overhead : nil
    }

    /// SHA-256 of the ciphertext, 32 bytes, as the version signature covers it.
    package static func digest(_ ciphertext: Blob) -> Blob {
        Digest.of(ciphertext.bytes)
    }

    /// Opens a provider key into the caller's memory. For the hot path: allocates nothing that could hold a secret.
    /// - Parameters:
    ///   - dek: 32 bytes.
    ///   - context: the bytes of ``KeyContext/ciphertext``.
    ///   - out: exactly `plaintextCount(of:)` bytes; wiped on every failure.
    /// - Throws: `.authenticationFailed`; `.malformed` for lengths that do not fit.
    package static func open(
        _ ciphertext: RawSpan, dek: RawSpan, context: RawSpan, into out: inout MutableRawSpan
    ) throws(EnvelopeError) {
        guard plaintextCount(of: ciphertext.byteCount) != nil else {
            wipe(&out)
            throw .malformed("key ciphertext of \(ciphertext.byteCount) bytes")
        }
        try Cipher.decrypt(ciphertext, key: dek, context: context, into: &out)
    }
}
