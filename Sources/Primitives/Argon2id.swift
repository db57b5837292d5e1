import CSodium
package import SecretMemory

/// Argon2id, version 1.3, one lane. Source: RFC 9106; libsodium does the work.
/// Runs for a good part of a second and takes its memory at once: never on an event loop or a thread of the cooperative pool.
package enum Argon2id {
    /// Salt length in bytes; libsodium knows no other.
    package static let saltCount = 16
    /// Length of the derived root in bytes.
    package static let outputCount = 32

    /// Derives a 32-byte root from a passphrase (any length, also none).
    /// - Throws: `.invalidLength` for the salt, `.libraryFailure` when there is not enough memory.
    package static func derive(passphrase: RawSpan, salt: RawSpan, cost: Argon2Cost) throws(PrimitiveError) -> SecretBytes {
        try deriveUnchecked(passphrase: passphrase, salt: salt, memoryKiB: cost.memoryKiB, passes: cost.passes)
    }

    /// Derives with work factors that are checked first.
    /// - Throws: `.invalidCost` outside the limits of `Argon2Cost`; else as above.
    package static func derive(
        passphrase: RawSpan, salt: RawSpan, memoryKiB: UInt32, passes: UInt32
    ) throws(PrimitiveError) -> SecretBytes {
        try derive(passphrase: passphrase, salt: salt, cost: Argon2Cost(memoryKiB: memoryKiB, passes: passes))
    }

    /// For test vectors, which use small costs; whoever derives a real root goes through `Argon2Cost`.
    static func deriveUnchecked(
        passphrase: RawSpan, salt: RawSpan, memoryKiB: UInt32, passes: UInt32
    ) throws(PrimitiveError) -> SecretBytes {
        try requireLength(salt.byteCount, saltCount)
        PrimitiveLibraries.requireSodium()
        return try SecretBytes(count: outputCount) { (out) throws(PrimitiveError) in
            let status = unsafe out.withUnsafeMutableBytes { out in
                unsafe passphrase.withUnsafeBytes { passphrase in
                    unsafe salt.withUnsafeBytes { salt in
                        unsafe crypto_pwhash(
                            out.octets, UInt64(out.count),
                            passphrase.characters, UInt64(passphrase.count),
                            salt.octets,
                            UInt64(passes), Int(memoryKiB) << 10, crypto_pwhash_alg_argon2id13())
                    }
                }
            }
            guard status == 0 else { throw .libraryFailure }
        }
    }
}
