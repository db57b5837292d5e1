import CSodium

/// The public half of an Ed25519 key: 32 bytes that are a canonical point of the prime-order group.
/// Source: RFC 8032; libsodium does the work.
package struct Ed25519PublicKey: Hashable, Sendable {
    /// Key length in bytes.
    package static let count = 32
    /// Signature length in bytes.
    package static let signatureCount = 64

    /// The key, 32 bytes.
    package let bytes: [UInt8]

    /// Takes a key from outside.
    /// - Throws: `.invalidLength`; `.invalidPublicKey` for a non-canonical encoding, a point off the curve or one with a small-order part,
    ///   for which signatures would not bind signer and message.
    package init(bytes: [UInt8]) throws(PrimitiveError) {
        try requireLength(bytes.count, Self.count)
        PrimitiveLibraries.requireSodium()
        guard unsafe crypto_core_ed25519_is_valid_point(bytes) == 1 else { throw .invalidPublicKey }
        self.bytes = bytes
    }

    /// For a key libsodium has just made.
    init(made bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Whether `signature` was made for exactly `message` with this key's private half.
    /// A signature that is not 64 bytes, or whose scalar is not reduced, is simply not valid.
    package func isValidSignature(_ signature: RawSpan, for message: RawSpan) -> Bool {
        guard signature.byteCount == Self.signatureCount else { return false }
        return unsafe signature.withUnsafeBytes { signature in
            unsafe message.withUnsafeBytes { message in
                unsafe crypto_sign_verify_detached(
                    signature.octets,
                    message.octets, UInt64(message.count), bytes) == 0
            }
        }
    }
}
