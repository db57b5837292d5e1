import Glibc
package import SecretMemory

/// Reads secrets from file descriptors straight into guarded memory.
package enum SecretReader {
    /// Everything up to the end of the stream.
    /// - Parameter limit: most bytes accepted, at least 1; more is refused.
    /// - Returns: `nil` for an empty stream.
    /// - Throws: `.system` for a descriptor that cannot be read, `.invalidInput` above the limit.
    package static func readAll(_ descriptor: Int32, limit: Int) throws(ClientError) -> SecretBytes? {
        var count = 0
        let buffer = try SecretBytes(count: limit + 1) { (span) throws(ClientError) in
            while count <= limit {
                let got = try read(descriptor, into: &span, from: count, atMost: limit + 1 - count)
                if got == 0 { return }
                count += got
            }
        }
        guard count <= limit else { throw .invalidInput("more than \(limit) bytes were given") }
        return prefix(of: buffer, count)
    }

    /// The first line without its line feed. Reads byte by byte, so nothing behind the line is taken from the stream.
    /// - Returns: `nil` for an empty line or stream.
    package static func readLine(_ descriptor: Int32, limit: Int) throws(ClientError) -> SecretBytes? {
        var count = 0
        let buffer = try SecretBytes(count: limit + 1) { (span) throws(ClientError) in
            while count <= limit {
                guard try read(descriptor, into: &span, from: count, atMost: 1) == 1 else { return }
                if span.byte(at: count) == UInt8(ascii: "\n") { return }
                count += 1
            }
        }
        guard count <= limit else { throw .invalidInput("more than \(limit) bytes were given") }
        return prefix(of: buffer, count)
    }

    /// Exactly `count` bytes, at least 1.
    static func read(_ descriptor: Int32, count: Int) throws(ClientError) -> SecretBytes {
        try SecretBytes(count: count) { (span) throws(ClientError) in
            var done = 0
            while done < count {
                let got = try read(descriptor, into: &span, from: done, atMost: count - done)
                guard got > 0 else { throw .system("it became shorter while it was read") }
                done += got
            }
        }
    }

    private static func read(
        _ descriptor: Int32, into span: inout MutableRawSpan, from offset: Int, atMost count: Int
    ) throws(ClientError) -> Int {
        while true {
            let got = unsafe span.withUnsafeMutableBytes { buffer in
                unsafe Glibc.read(descriptor, UnsafeMutableRawBufferPointer(rebasing: buffer[offset..<offset + count]).baseAddress, count)
            }
            if got >= 0 { return got }
            guard errno == EINTR else { throw .system("cannot read descriptor \(descriptor): \(SystemError.text(errno))") }
        }
    }

    private static func prefix(of buffer: borrowing SecretBytes, _ count: Int) -> SecretBytes? {
        guard count > 0 else { return nil }
        return buffer.withBytes { SecretBytes(copying: $0.extracting(0..<count)) }
    }
}
