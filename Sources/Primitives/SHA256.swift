import COpenSSL

/// SHA-256. Source: FIPS 180-4; OpenSSL libcrypto does the work.
package enum SHA256 {
    /// Digest length in bytes.
    package static let digestCount = 32

    /// The 32-byte digest of `bytes`.
    package static func hash(_ bytes: RawSpan) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: digestCount)
        unsafe bytes.withUnsafeBytes { bytes in
            unsafe digest.withUnsafeMutableBytes { digest in unsafe tacit_sha256(bytes.octets, bytes.count, digest.octets) }
        }
        return digest
    }

    /// Writes the digest into the caller's memory.
    /// - Parameter out: exactly 32 bytes.
    /// - Throws: `.invalidLength` for `out`.
    package static func hash(_ bytes: RawSpan, into out: inout MutableRawSpan) throws(PrimitiveError) {
        try requireLength(out.byteCount, digestCount)
        unsafe bytes.withUnsafeBytes { bytes in
            unsafe out.withUnsafeMutableBytes { out in unsafe tacit_sha256(bytes.octets, bytes.count, out.octets) }
        }
    }
}
