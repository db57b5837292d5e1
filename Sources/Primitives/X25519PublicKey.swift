import CSodium

/// The public half of an X25519 key: 32 bytes that are not of small order.
/// Source: RFC 7748; libsodium does the work.
package struct X25519PublicKey: Hashable, Sendable {
    /// Key length in bytes.
    package static let count = 32

    /// The key, 32 bytes.
    package let bytes: [UInt8]

    /// Takes a key from outside.
    /// - Throws: `.invalidLength`; `.invalidPublicKey` for a small-order point, with which every agreement gives the same known result.
    package init(bytes: [UInt8]) throws(PrimitiveError) {
        try requireLength(bytes.count, Self.count)
        PrimitiveLibraries.requireSodium()
        // libsodium refuses small order in every agreement, so one with any public scalar is the test.
        let scalar = [UInt8](repeating: 1, count: Self.count)
        var unused = [UInt8](repeating: 0, count: Self.count)
        guard unsafe crypto_scalarmult(&unused, scalar, bytes) == 0 else { throw .invalidPublicKey }
        self.bytes = bytes
    }

    /// For a key libsodium has just made.
    init(made bytes: [UInt8]) {
        self.bytes = bytes
    }
}
