/// What surrounds a chunk: RFC 9112 section 7.1.
///
/// A chunk is `sizeLine`, the payload, `chunkEnd`; the body ends with `lastChunk`. A payload of no bytes must not be written as
/// a chunk: that would end the body.
package enum ChunkedEncoder {
    /// Bytes of the longest size line.
    package static var maximumSizeLineBytes: Int { 18 }
    /// Follows each payload.
    package static var chunkEnd: StaticString { "\r\n" }
    /// Ends the body; no trailers.
    package static var lastChunk: StaticString { "0\r\n\r\n" }

    /// Writes the line before a payload.
    /// - Parameter size: bytes of the payload, at least 1; for 0 nothing is written.
    package static func sizeLine(_ size: Int, to writer: inout ByteWriter) {
        guard size > 0 else { return }
        writer.append(hexadecimal: UInt64(size))
        writer.append("\r\n")
    }
}
