import SecretMemory

/// Walks a JSON document (RFC 8259) in guarded memory without copying it out: finds where values stand, and decodes a string into
/// guarded memory. It checks structure only as far as it walks; values it hands out as ranges are parsed by whoever reads them.
struct GuardedJSONScanner {
    enum Failure: Error { case malformed }

    /// Deepest nesting it walks.
    static let maximumDepth = 16

    /// Where the next byte is read.
    private(set) var index = 0

    /// The next byte that is no white space, not consumed; `nil` at the end.
    mutating func peek(_ bytes: RawSpan) -> UInt8? {
        while let byte = bytes.byte(at: index) {
            guard byte == 0x20 || byte == 0x09 || byte == 0x0a || byte == 0x0d else { return byte }
            index += 1
        }
        return nil
    }

    /// Consumes `byte` after white space.
    mutating func expect(_ byte: UInt8, in bytes: RawSpan) throws(Failure) {
        guard peek(bytes) == byte else { throw .malformed }
        index += 1
    }

    /// Consumes `byte` after white space if it is there.
    mutating func skip(_ byte: UInt8, in bytes: RawSpan) -> Bool {
        guard peek(bytes) == byte else { return false }
        index += 1
        return true
    }

    /// A field name of at most 32 plain ASCII characters. Escapes are refused: no name of ours needs one.
    mutating func readName(_ bytes: RawSpan) throws(Failure) -> String {
        let content = try scanString(bytes)
        guard content.count <= 32 else { throw .malformed }
        var name: [UInt8] = []
        for index in content {
            guard let byte = bytes.byte(at: index), byte != 0x5c, byte < 0x7f else { throw .malformed }
            name.append(byte)
        }
        return String(decoding: name, as: UTF8.self)
    }

    /// A string, decoded into guarded memory.
    /// - Parameter maximumCount: most bytes it may decode to.
    mutating func readSecret(_ bytes: RawSpan, maximumCount: Int) throws(Failure) -> SecretBytes {
        let content = try scanString(bytes)
        guard !content.isEmpty, content.count <= maximumCount * 6 else { throw .malformed }
        var count = 0
        let decoded = try SecretBytes(count: content.count) { (out) throws(Failure) in
            count = try GuardedJSONString.decode(bytes.extracting(content), into: &out)
        }
        guard (1...maximumCount).contains(count) else { throw .malformed }
        return decoded.withBytes { SecretBytes(copying: $0.extracting(first: count)) }
    }

    /// Walks over a value.
    /// - Returns: where it stands.
    mutating func skipValue(_ bytes: RawSpan, depth: Int = 0) throws(Failure) -> Range<Int> {
        guard depth < Self.maximumDepth, let first = peek(bytes) else { throw .malformed }
        let start = index
        switch first {
        case UInt8(ascii: "\""): _ = try scanString(bytes)
        case UInt8(ascii: "{"): try skipMembers(bytes, end: UInt8(ascii: "}"), named: true, depth: depth)
        case UInt8(ascii: "["): try skipMembers(bytes, end: UInt8(ascii: "]"), named: false, depth: depth)
        default:
            while let byte = bytes.byte(at: index), isLiteral(byte) { index += 1 }
            guard index > start else { throw .malformed }
        }
        return start..<index
    }

    private mutating func skipMembers(_ bytes: RawSpan, end: UInt8, named: Bool, depth: Int) throws(Failure) {
        index += 1
        if skip(end, in: bytes) { return }
        repeat {
            if named {
                _ = try scanString(bytes)
                try expect(UInt8(ascii: ":"), in: bytes)
            }
            _ = try skipValue(bytes, depth: depth + 1)
        } while skip(UInt8(ascii: ","), in: bytes)
        try expect(end, in: bytes)
    }

    /// Consumes a string.
    /// - Returns: where its content stands, quotes left out.
    private mutating func scanString(_ bytes: RawSpan) throws(Failure) -> Range<Int> {
        try expect(UInt8(ascii: "\""), in: bytes)
        let start = index
        while let byte = bytes.byte(at: index) {
            index += 1
            switch byte {
            case UInt8(ascii: "\""): return start..<(index - 1)
            case 0x5c: index += 1
            case 0x00..<0x20: throw .malformed
            default: break
            }
        }
        throw .malformed
    }

    private func isLiteral(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x7a).contains(byte) || byte == 0x2d || byte == 0x2b || byte == 0x2e || byte == 0x45
    }
}

extension RawSpan {
    /// The byte at `index`; `nil` outside.
    func byte(at index: Int) -> UInt8? {
        guard index >= 0, index < byteCount else { return nil }
        return unsafe unsafeLoad(fromByteOffset: index, as: UInt8.self)
    }
}
