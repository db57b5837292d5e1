import CSodium
package import SecretMemory

/// An Ed25519 signing key. Source: RFC 8032; libsodium does the work.
package struct Ed25519PrivateKey: ~Copyable, Sendable {
    /// Seed length in bytes.
    package static let seedCount = 32

    private let secret: SecretBytes  // libsodium's form: seed ‖ public key

    /// The public half.
    package let publicKey: Ed25519PublicKey

    /// Makes a new key from fresh randomness.
    package init() {
        self.init(checked: Random.secret(Self.seedCount))
    }

    /// Takes over a key by its seed (32 bytes), which is wiped here.
    /// - Throws: `.invalidLength`.
    package init(seed: consuming SecretBytes) throws(PrimitiveError) {
        try requireLength(seed.count, Self.seedCount)
        self.init(checked: seed)
    }

    private init(checked seed: consuming SecretBytes) {
        PrimitiveLibraries.requireSodium()
        var publicBytes = [UInt8](repeating: 0, count: Ed25519PublicKey.count)
        secret = SecretBytes(count: Self.seedCount + Ed25519PublicKey.count) { out in
            seed.withBytes { seed in
                unsafe out.withUnsafeMutableBytes { out in
                    unsafe seed.withUnsafeBytes { seed in
                        let output = unsafe out.octets
                        let input = unsafe seed.octets
                        let status = unsafe crypto_sign_seed_keypair(&publicBytes, output, input)
                        precondition(status == 0, "making a key pair from a seed cannot fail")
                    }
                }
            }
        }
        publicKey = Ed25519PublicKey(made: publicBytes)
    }

    /// Signs `message`; deterministic. The result has 64 bytes.
    package borrowing func sign(_ message: RawSpan) -> [UInt8] {
        var signature = [UInt8](repeating: 0, count: Ed25519PublicKey.signatureCount)
        secret.withBytes { secret in
            unsafe secret.withUnsafeBytes { secret in
                unsafe message.withUnsafeBytes { message in
                    let status = unsafe crypto_sign_detached(
                        &signature, nil, message.octets, UInt64(message.count),
                        secret.octets)
                    precondition(status == 0, "signing cannot fail")
                }
            }
        }
        return signature
    }

    /// Lends the 32-byte seed to `body`, to be sealed into a slot.
    package borrowing func withSeed<R: ~Copyable, E: Error>(_ body: (RawSpan) throws(E) -> R) throws(E) -> R {
        try secret.withBytes { (bytes) throws(E) in try body(bytes.extracting(0..<Self.seedCount)) }
    }
}
