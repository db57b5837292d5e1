/// The grammars again, written slowly and from the specifications, to compare with.
enum PlainBytes {
    private static let tokenBytes = Set("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ".utf8)

    /// RFC 9110 section 5.6.2.
    static func isToken(_ bytes: ArraySlice<UInt8>) -> Bool { !bytes.isEmpty && bytes.allSatisfy(tokenBytes.contains) }

    static func isTokenByte(_ byte: UInt8) -> Bool { tokenBytes.contains(byte) }

    static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    static func hexValue(_ byte: UInt8) -> Int? { byte < 0x80 ? Int(String(Unicode.Scalar(byte)), radix: 16) : nil }

    /// What field values and quoted strings hold: RFC 9110 sections 5.5 and 5.6.4.
    static func isText(_ byte: UInt8) -> Bool { byte == 0x09 || byte >= 0x20 && byte != 0x7f }

    static func trimmed(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        Array(bytes.drop(while: isSpace).reversed().drop(while: isSpace).reversed())
    }

    /// One character a byte, ASCII letters in lower case.
    static func lowercased(_ bytes: ArraySlice<UInt8>) -> String {
        var text = String.UnicodeScalarView()
        for byte in bytes { text.append(Unicode.Scalar((0x41...0x5a).contains(byte) ? byte + 0x20 : byte)) }
        return String(text)
    }

    /// The members of a list, empty ones left out: RFC 9110 section 5.6.1.
    static func members(_ list: ArraySlice<UInt8>) -> [[UInt8]] {
        list.split(separator: 0x2c).map { trimmed($0) }.filter { !$0.isEmpty }
    }

    /// RFC 3986 section 2.1; what is no encoding stays as it is.
    static func percentDecoded(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var rest = bytes[...]
        while let byte = rest.popFirst() {
            let digits = rest.prefix(2).compactMap(hexValue)
            if byte == 0x25, digits.count == 2 {
                result.append(UInt8(digits[0] * 16 + digits[1]))
                rest = rest.dropFirst(2)
            } else {
                result.append(byte)
            }
        }
        return result
    }
}
