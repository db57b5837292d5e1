import SecretMemory

/// Decodes what stands between the quotes of a JSON string, from guarded memory into guarded memory.
enum GuardedJSONString {
    /// Decodes `content` (escapes resolved, surrogate pairs joined) as UTF-8. Raw bytes pass as they are; whether they are UTF-8 is the
    /// reader's to check.
    /// - Parameter out: at least as long as `content`: decoding never makes it longer.
    /// - Returns: how many bytes were written.
    static func decode(_ content: RawSpan, into out: inout MutableRawSpan) throws(GuardedJSONScanner.Failure) -> Int {
        var count = 0
        var index = 0
        while let byte = content.byte(at: index) {
            index += 1
            guard byte == 0x5c else {
                try append(byte, to: &out, &count)
                continue
            }
            let scalar = try readEscape(content, &index)
            for unit in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter { try append(unit, to: &out, &count) }
        }
        return count
    }

    private static func readEscape(_ content: RawSpan, _ index: inout Int) throws(GuardedJSONScanner.Failure) -> Unicode.Scalar {
        guard let kind = content.byte(at: index) else { throw .malformed }
        index += 1
        switch kind {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(kind)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{c}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): break
        default: throw .malformed
        }
        let first = try readHex(content, &index)
        guard (0xd800...0xdbff).contains(first) else {
            guard let scalar = Unicode.Scalar(first) else { throw .malformed }
            return scalar
        }
        guard content.byte(at: index) == 0x5c, content.byte(at: index + 1) == UInt8(ascii: "u") else { throw .malformed }
        index += 2
        let second = try readHex(content, &index)
        guard (0xdc00...0xdfff).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (UInt32(first) - 0xd800) << 10 + (UInt32(second) - 0xdc00))
        else { throw .malformed }
        return scalar
    }

    private static func readHex(_ content: RawSpan, _ index: inout Int) throws(GuardedJSONScanner.Failure) -> UInt16 {
        var value: UInt16 = 0
        for _ in 0..<4 {
            guard let byte = content.byte(at: index) else { throw .malformed }
            index += 1
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
            default: throw .malformed
            }
            value = value << 4 | UInt16(digit)
        }
        return value
    }

    private static func append(_ byte: UInt8, to out: inout MutableRawSpan, _ count: inout Int) throws(GuardedJSONScanner.Failure) {
        guard count < out.byteCount else { throw .malformed }
        out.storeBytes(of: byte, toByteOffset: count, as: UInt8.self)
        count += 1
    }
}
