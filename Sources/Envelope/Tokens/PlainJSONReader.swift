/// Reads a JSON object whose members come in a known order and whose values are strings of visible ASCII without escapes.
/// It gives places in the input, so that a secret value is never copied.
struct PlainJSONReader {
    private var position = 0

    /// Where the value of the member that comes next stands in `bytes`, without its quotes.
    /// - Throws: `.malformed` where it has another name.
    mutating func member(_ name: StaticString, of bytes: RawSpan, isFirst: Bool = false) throws(EnvelopeError) -> Range<Int> {
        if !isFirst { try expect(",", in: bytes) }
        guard bytes.extracting(try string(in: bytes)).equals(name) else { throw .malformed("access file: \(name) expected") }
        try expect(":", in: bytes)
        return try string(in: bytes)
    }

    /// Skips white space and takes one character.
    mutating func expect(_ character: Unicode.Scalar, in bytes: RawSpan) throws(EnvelopeError) {
        skipWhiteSpace(in: bytes)
        guard position < bytes.byteCount, bytes.byte(at: position) == UInt8(ascii: character) else {
            throw .malformed("access file: \(character) expected")
        }
        position += 1
    }

    /// - Throws: `.malformed` where anything but white space is left.
    mutating func finish(_ bytes: RawSpan) throws(EnvelopeError) {
        skipWhiteSpace(in: bytes)
        guard position == bytes.byteCount else { throw .malformed("access file: bytes after its end") }
    }

    private mutating func string(in bytes: RawSpan) throws(EnvelopeError) -> Range<Int> {
        try expect("\"", in: bytes)
        let start = position
        while position < bytes.byteCount, bytes.byte(at: position) != UInt8(ascii: "\"") {
            let byte = bytes.byte(at: position)
            guard (0x21...0x7e).contains(byte), byte != UInt8(ascii: "\\") else { throw .malformed("access file: character in a string") }
            position += 1
        }
        let end = position
        try expect("\"", in: bytes)
        return start..<end
    }

    private mutating func skipWhiteSpace(in bytes: RawSpan) {
        while position < bytes.byteCount, [0x20, 0x09, 0x0a, 0x0d].contains(bytes.byte(at: position)) { position += 1 }
    }
}
