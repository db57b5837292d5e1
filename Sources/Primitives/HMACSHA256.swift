import SecretMemory

/// HMAC with SHA-256. Source: RFC 2104, FIPS 198-1; the hashing is OpenSSL's.
package enum HMACSHA256 {
    /// Tag length in bytes.
    package static let tagCount = 32

    /// The 32-byte tag of `message` under `key` (any length). Not for a tag that is itself secret: see the other form.
    /// A library without memory stops the process.
    package static func authenticate(_ message: RawSpan, key: RawSpan) -> [UInt8] {
        var tag = [UInt8](repeating: 0, count: tagCount)
        do throws(PrimitiveError) {
            var elements = tag.mutableSpan
            var output = unsafe elements.mutableBytes
            try authenticate(message, key: key, into: &output)
        } catch {
            fatalError("HMAC failed: \(error)")
        }
        return tag
    }

    /// Writes the tag into the caller's memory.
    /// - Parameter out: exactly 32 bytes.
    /// - Throws: `.invalidLength` for `out`, `.libraryFailure`.
    package static func authenticate(_ message: RawSpan, key: RawSpan, into out: inout MutableRawSpan) throws(PrimitiveError) {
        try requireLength(out.byteCount, tagCount)
        let context = try DigestContext()
        try unsafe out.withUnsafeMutableBytes { (output) throws(PrimitiveError) in
            try unsafe message.withUnsafeBytes { (message) throws(PrimitiveError) in
                try unsafe key.withUnsafeBytes { (key) throws(PrimitiveError) in
                    try unsafe authenticate(message, Self.none, Self.none, key: key, using: context, into: output)
                }
            }
        }
    }

    /// The tag of three parts one after the other, with a context that serves again afterwards.
    /// - Parameter output: 32 bytes; may be memory that a part lies in, since parts are read before it is written.
    static func authenticate(
        _ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer, _ third: UnsafeRawBufferPointer,
        key: UnsafeRawBufferPointer, using context: borrowing DigestContext, into output: UnsafeMutableRawBufferPointer
    ) throws(PrimitiveError) {
        var pad = InlineArray<64, UInt8>(repeating: 0)  // SHA-256's block
        var elements = pad.mutableSpan
        var span = unsafe elements.mutableBytes
        try unsafe span.withUnsafeMutableBytes { (pad) throws(PrimitiveError) in
            defer { unsafe wipe(pad) }
            if key.count > pad.count {
                try context.start()
                try unsafe context.update(key)
                try unsafe context.finish(into: UnsafeMutableRawBufferPointer(rebasing: pad[..<SHA256.digestCount]))
            } else {
                unsafe pad.copyMemory(from: key)
            }
            unsafe combine(pad, 0x36)
            try context.start()
            try unsafe context.update(UnsafeRawBufferPointer(pad))
            try unsafe context.update(first)
            try unsafe context.update(second)
            try unsafe context.update(third)
            try unsafe context.finish(into: output)
            unsafe combine(pad, 0x36 ^ 0x5c)
            try context.start()
            try unsafe context.update(UnsafeRawBufferPointer(pad))
            try unsafe context.update(UnsafeRawBufferPointer(output))
            try unsafe context.finish(into: output)
        }
    }

    static var none: UnsafeRawBufferPointer { unsafe UnsafeRawBufferPointer(start: nil, count: 0) }

    private static func combine(_ pad: UnsafeMutableRawBufferPointer, _ byte: UInt8) {
        for index in pad.indices { unsafe pad[index] ^= byte }
    }
}
