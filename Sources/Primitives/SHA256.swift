/// SHA-256. Source: FIPS 180-4; OpenSSL libcrypto does the work.
package enum SHA256 {
    /// Digest length in bytes.
    package static let digestCount = 32

    /// The 32-byte digest of `bytes`. A library without memory for a context stops the process.
    package static func hash(_ bytes: RawSpan) -> [UInt8] {
        var hasher = SHA256Hasher()
        hasher.update(bytes)
        return hasher.finalize()
    }
}
