import CSodium
package import SecretMemory

/// An X25519 key, to open what was sealed to its public half. Source: RFC 7748; libsodium does the work.
package struct X25519PrivateKey: ~Copyable, Sendable {
    /// Seed (scalar) length in bytes.
    package static let seedCount = 32

    private let seed: SecretBytes

    /// The public half.
    package let publicKey: X25519PublicKey

    /// Makes a new key from fresh randomness.
    package init() {
        self.init(checked: Random.secret(Self.seedCount))
    }

    /// Takes over a key by its 32 bytes as RFC 7748 writes them (unclamped is fine).
    /// - Throws: `.invalidLength`.
    package init(seed: consuming SecretBytes) throws(PrimitiveError) {
        try requireLength(seed.count, Self.seedCount)
        self.init(checked: seed)
    }

    private init(checked seed: consuming SecretBytes) {
        PrimitiveLibraries.requireSodium()
        var publicBytes = [UInt8](repeating: 0, count: X25519PublicKey.count)
        seed.withBytes { seed in
            unsafe seed.withUnsafeBytes { seed in
                let status = unsafe crypto_scalarmult_base(&publicBytes, seed.octets)
                precondition(status == 0, "a clamped scalar times the base point is never zero")
            }
        }
        self.seed = seed
        publicKey = X25519PublicKey(made: publicBytes)
    }

    /// The shared secret with `peer` (32 bytes), raw: it must go through a key derivation before use.
    /// - Throws: `.invalidPublicKey` when the result is all zeros.
    package borrowing func sharedSecret(with peer: X25519PublicKey) throws(PrimitiveError) -> SecretBytes {
        try seed.withBytes { (seed) throws(PrimitiveError) in
            try SecretBytes(count: 32) { (out) throws(PrimitiveError) in
                let status = unsafe out.withUnsafeMutableBytes { out in
                    unsafe seed.withUnsafeBytes { seed in
                        unsafe crypto_scalarmult(
                            out.octets,
                            seed.octets, peer.bytes)
                    }
                }
                guard status == 0 else { throw .invalidPublicKey }
            }
        }
    }

    /// Lends the 32-byte seed to `body`, to be sealed into a slot.
    package borrowing func withSeed<R: ~Copyable, E: Error>(_ body: (RawSpan) throws(E) -> R) throws(E) -> R {
        try seed.withBytes(body)
    }
}
