import COpenSSL
package import SecretMemory

/// PBKDF2 with HMAC-SHA-256, for passphrases a browser must be able to use. Source: RFC 8018; OpenSSL libcrypto does the work.
/// Runs for a good part of a second: never on an event loop or a thread of the cooperative pool.
package enum PBKDF2SHA256 {
    /// Iterations accepted: fewer would weaken a slot, more would let a hostile one hold the processor.
    package static let iterations: ClosedRange<UInt32> = 600_000...10_000_000
    /// Length of the derived root in bytes.
    package static let outputCount = 32

    /// Derives a 32-byte root from a passphrase and a salt (16 bytes or more).
    /// - Throws: `.invalidCost` outside `iterations`, `.invalidLength` for a shorter salt, `.libraryFailure`.
    package static func derive(passphrase: RawSpan, salt: RawSpan, iterations: UInt32) throws(PrimitiveError) -> SecretBytes {
        guard Self.iterations.contains(iterations) else { throw .invalidCost }
        guard salt.byteCount >= 16 else { throw .invalidLength(expected: 16, actual: salt.byteCount) }
        return try deriveUnchecked(passphrase: passphrase, salt: salt, iterations: iterations, count: outputCount)
    }

    /// For test vectors, which use few iterations and other lengths.
    static func deriveUnchecked(
        passphrase: RawSpan, salt: RawSpan, iterations: UInt32, count: Int
    ) throws(PrimitiveError) -> SecretBytes {
        guard let rounds = Int32(exactly: iterations), let size = Int32(exactly: count), size >= 1,
            let passphraseCount = Int32(exactly: passphrase.byteCount), let saltCount = Int32(exactly: salt.byteCount)
        else { throw .invalidCost }
        let digest = unsafe try PrimitiveLibraries.algorithms().sha256
        return try SecretBytes(count: count) { (out) throws(PrimitiveError) in
            let status = unsafe out.withUnsafeMutableBytes { out in
                unsafe passphrase.withUnsafeBytes { passphrase in
                    unsafe salt.withUnsafeBytes { salt in
                        unsafe PKCS5_PBKDF2_HMAC(
                            passphrase.characters, passphraseCount,
                            salt.octets, saltCount, rounds, digest, size,
                            out.octets)
                    }
                }
            }
            guard status == 1 else { throw .libraryFailure }
        }
    }
}
