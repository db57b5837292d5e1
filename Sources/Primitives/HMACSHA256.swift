import COpenSSL

/// HMAC with SHA-256. Source: RFC 2104, FIPS 198-1; the hashing is OpenSSL's.
package enum HMACSHA256 {
    /// Tag length in bytes.
    package static let tagCount = 32

    /// The 32-byte tag of `message` under `key` (any length). Not for a tag that is itself secret: see the other form.
    package static func authenticate(_ message: RawSpan, key: RawSpan) -> [UInt8] {
        var tag = [UInt8](repeating: 0, count: tagCount)
        unsafe tag.withUnsafeMutableBytes { output in
            unsafe message.withUnsafeBytes { message in
                unsafe key.withUnsafeBytes { key in unsafe authenticate(message, none, none, key: key, into: output) }
            }
        }
        return tag
    }

    /// Writes the tag into the caller's memory.
    /// - Parameter out: exactly 32 bytes.
    /// - Throws: `.invalidLength` for `out`.
    package static func authenticate(_ message: RawSpan, key: RawSpan, into out: inout MutableRawSpan) throws(PrimitiveError) {
        try requireLength(out.byteCount, tagCount)
        unsafe out.withUnsafeMutableBytes { output in
            unsafe message.withUnsafeBytes { message in
                unsafe key.withUnsafeBytes { key in unsafe authenticate(message, none, none, key: key, into: output) }
            }
        }
    }

    /// The tag of three parts one after the other.
    /// - Parameter output: 32 bytes; may be memory that a part lies in, since parts are read before it is written.
    static func authenticate(
        _ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer, _ third: UnsafeRawBufferPointer,
        key: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) {
        precondition(output.count == tagCount, "a tag has 32 bytes")
        unsafe tacit_hmac_sha256(
            key.octets, key.count, first.octets, first.count, second.octets, second.count, third.octets, third.count, output.octets)
    }

    static var none: UnsafeRawBufferPointer { unsafe UnsafeRawBufferPointer(start: nil, count: 0) }
}
