import COpenSSL

/// SHA-1, which is broken and protects nothing here: RFC 6455 section 4.2.2 uses it as a checksum that tells a WebSocket server from one
/// that merely repeats what it is sent. Source: FIPS 180-4; OpenSSL libcrypto does the work.
package enum InsecureSHA1 {
    /// Digest length in bytes.
    package static let digestCount = 20

    /// The 20-byte digest of `bytes`, which are no secret.
    /// - Throws: `.libraryFailure` where the library does not offer SHA-1 (some operators' policies forbid it).
    package static func hash(_ bytes: Span<UInt8>) throws(PrimitiveError) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: digestCount)
        var count = 0
        let isDone = unsafe bytes.withUnsafeBytes { input in
            unsafe digest.withUnsafeMutableBytes { output in
                unsafe EVP_Q_digest(nil, "SHA1", nil, input.octets, input.count, output.octets, &count)
            }
        }
        guard isDone == 1, count == digestCount else { throw .libraryFailure }
        return digest
    }
}
