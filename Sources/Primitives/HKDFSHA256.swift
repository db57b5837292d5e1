package import SecretMemory

/// HKDF with SHA-256, whole and in its two steps. Source: RFC 5869; the hashing is OpenSSL's.
/// OpenSSL's own HKDF takes four times as long (parameters by name, a context per step), too much for every proxied request.
package enum HKDFSHA256 {
    /// Length of the pseudorandom key between the steps, in bytes.
    package static let pseudorandomKeyCount = 32
    /// Most bytes one `info` can give: 255 blocks.
    package static let maximumCount = 255 * 32

    /// Derives a key of `count` bytes (1 … 8 160) in new guarded memory.
    /// - Throws: `.invalidLength` for `count`.
    package static func derive(secret: RawSpan, salt: RawSpan, info: RawSpan, count: Int) throws(PrimitiveError) -> SecretBytes {
        try requireCount(count)
        return try SecretBytes(count: count) { (out) throws(PrimitiveError) in
            try derive(secret: secret, salt: salt, info: info, into: &out)
        }
    }

    /// Derives a key into the caller's memory; nothing secret stays elsewhere.
    /// - Parameters:
    ///   - salt: any length; empty means 32 zero bytes.
    ///   - out: 1 … 8 160 bytes; wiped on failure.
    /// - Throws: `.invalidLength` for `out`.
    package static func derive(secret: RawSpan, salt: RawSpan, info: RawSpan, into out: inout MutableRawSpan) throws(PrimitiveError) {
        var key = InlineArray<32, UInt8>(repeating: 0)
        var elements = key.mutableSpan
        var keySpan = unsafe elements.mutableBytes
        defer { wipe(&keySpan) }
        try extract(secret: secret, salt: salt, into: &keySpan)
        try expand(pseudorandomKey: keySpan.bytes, info: info, into: &out)
    }

    /// The first step alone: a pseudorandom key (32 bytes) from which `expand` makes several keys.
    package static func extract(secret: RawSpan, salt: RawSpan) throws(PrimitiveError) -> SecretBytes {
        try SecretBytes(count: pseudorandomKeyCount) { (out) throws(PrimitiveError) in
            try extract(secret: secret, salt: salt, into: &out)
        }
    }

    /// The first step into the caller's memory.
    /// - Parameter out: exactly 32 bytes.
    /// - Throws: `.invalidLength` for `out`.
    package static func extract(secret: RawSpan, salt: RawSpan, into out: inout MutableRawSpan) throws(PrimitiveError) {
        try HMACSHA256.authenticate(secret, key: salt, into: &out)
    }

    /// The second step alone, into new guarded memory of `count` bytes (1 … 8 160).
    /// - Throws: `.invalidLength` for the key or `count`.
    package static func expand(pseudorandomKey: RawSpan, info: RawSpan, count: Int) throws(PrimitiveError) -> SecretBytes {
        try requireCount(count)
        return try SecretBytes(count: count) { (out) throws(PrimitiveError) in
            try expand(pseudorandomKey: pseudorandomKey, info: info, into: &out)
        }
    }

    /// The second step into the caller's memory.
    /// - Parameter out: 1 … 8 160 bytes; wiped on failure.
    /// - Throws: `.invalidLength` for the key (32 bytes) or `out`.
    package static func expand(pseudorandomKey: RawSpan, info: RawSpan, into out: inout MutableRawSpan) throws(PrimitiveError) {
        do throws(PrimitiveError) {
            try requireLength(pseudorandomKey.byteCount, pseudorandomKeyCount)
            try requireCount(out.byteCount)
        } catch {
            wipe(&out)
            throw error
        }
        unsafe out.withUnsafeMutableBytes { output in
            unsafe pseudorandomKey.withUnsafeBytes { key in
                unsafe info.withUnsafeBytes { info in unsafe expand(key: key, info: info, into: output) }
            }
        }
    }

    private static func requireCount(_ count: Int) throws(PrimitiveError) {
        guard (1...maximumCount).contains(count) else {
            throw .invalidLength(expected: count < 1 ? 1 : maximumCount, actual: count)
        }
    }

    /// T(i) = HMAC(key, T(i-1) ‖ info ‖ i); the output is the blocks one after the other, the last one cut.
    private static func expand(
        key: UnsafeRawBufferPointer, info: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) {
        var storage = InlineArray<32, UInt8>(repeating: 0)
        var elements = storage.mutableSpan
        var span = unsafe elements.mutableBytes
        unsafe span.withUnsafeMutableBytes { block in
            defer { unsafe wipe(block) }
            var previous = unsafe HMACSHA256.none
            var counter: UInt8 = 0
            for start in stride(from: 0, to: output.count, by: block.count) {
                counter += 1  // at most 255: the caller checked the length
                unsafe withUnsafeBytes(of: counter) { counter in
                    unsafe HMACSHA256.authenticate(previous, info, counter, key: key, into: block)
                }
                let count = min(block.count, output.count - start)
                unsafe UnsafeMutableRawBufferPointer(rebasing: output[start..<start + count])
                    .copyMemory(from: UnsafeRawBufferPointer(rebasing: block[..<count]))
                unsafe previous = UnsafeRawBufferPointer(block)
            }
        }
    }
}
