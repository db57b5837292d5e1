import SecretMemory

/// The content of a JSON string (RFC 8259, section 7), its escapes undone, byte by byte.
enum JSONString {
    /// Hands each byte of the content to `emit`.
    /// - Returns: `false` for a malformed escape, a lone surrogate included; what was handed out before is then worthless.
    static func decode(_ text: RawSpan, _ emit: (UInt8) -> Void) -> Bool {
        var position = 0
        while position < text.byteCount {
            let byte = byte(text, position)
            position += 1
            guard byte == UInt8(ascii: "\\") else {
                emit(byte)
                continue
            }
            guard position < text.byteCount else { return false }
            let letter = self.byte(text, position)
            position += 1
            switch letter {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): emit(letter)
            case UInt8(ascii: "b"): emit(8)
            case UInt8(ascii: "f"): emit(12)
            case UInt8(ascii: "n"): emit(10)
            case UInt8(ascii: "r"): emit(13)
            case UInt8(ascii: "t"): emit(9)
            case UInt8(ascii: "u"):
                guard let scalar = scalar(text, &position) else { return false }
                for unit in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter { emit(unit) }
            default: return false
            }
        }
        return true
    }

    /// `text` as a JSON string with its quotation marks, for text that is not secret.
    static func quoted(_ text: String) -> String {
        var out = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": out += "\\" + String(scalar)
            case _ where scalar.value < 32:
                let hex = String(scalar.value, radix: 16)
                out += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out + "\""
    }

    private static func scalar(_ text: RawSpan, _ position: inout Int) -> Unicode.Scalar? {
        guard let first = unit(text, &position) else { return nil }
        guard (0xd800...0xdbff).contains(first) else { return Unicode.Scalar(first) }
        guard position + 2 <= text.byteCount, byte(text, position) == UInt8(ascii: "\\"), byte(text, position + 1) == UInt8(ascii: "u")
        else {
            return nil
        }
        position += 2
        guard let second = unit(text, &position), (0xdc00...0xdfff).contains(second) else { return nil }
        return Unicode.Scalar(0x10000 + (first - 0xd800) << 10 + (second - 0xdc00))
    }

    private static func unit(_ text: RawSpan, _ position: inout Int) -> UInt32? {
        guard position + 4 <= text.byteCount else { return nil }
        var value: UInt32 = 0
        for _ in 0..<4 {
            let byte = byte(text, position)
            position += 1
            switch byte {
            case 48...57: value = value << 4 | UInt32(byte - 48)
            case 65...70: value = value << 4 | UInt32(byte - 55)
            case 97...102: value = value << 4 | UInt32(byte - 87)
            default: return nil
            }
        }
        return value
    }

    private static func byte(_ text: RawSpan, _ offset: Int) -> UInt8 { unsafe text.unsafeLoad(fromByteOffset: offset, as: UInt8.self) }
}
