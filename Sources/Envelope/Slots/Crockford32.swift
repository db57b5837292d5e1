/// Crockford's base32: digits and upper-case letters without I, L, O and U, five bits each, most significant first.
enum Crockford32 {
    private static let alphabet: StaticString = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

    /// The value of a typed character, lenient: any case, O as 0, I and L as 1.
    static func value(of character: UInt8) -> UInt8? {
        let upper = (97...122).contains(character) ? character - 32 : character
        switch upper {
        case UInt8(ascii: "O"): return 0
        case UInt8(ascii: "I"), UInt8(ascii: "L"): return 1
        default:
            return alphabet.withUTF8Buffer { unsafe $0.firstIndex(of: upper) }.map { UInt8(truncatingIfNeeded: $0) }
        }
    }

    /// Writes the five bits of character number `index` into `out`.
    static func put(_ value: UInt8, at index: Int, in out: inout MutableRawSpan) {
        for bit in 0..<5 where value & (16 >> bit) != 0 {
            let position = index * 5 + bit
            out.setByte(out.bytes.byte(at: position / 8) | 128 >> (position % 8), at: position / 8)
        }
    }

    /// Character number `index` of the text of `bytes`, whose bit count is a multiple of five.
    static func character(at index: Int, of bytes: RawSpan) -> UInt8 {
        var value = 0
        for position in index * 5..<index * 5 + 5 {
            value = value << 1 | Int(bytes.byte(at: position / 8) >> (7 - position % 8) & 1)
        }
        return alphabet.withUTF8Buffer { unsafe $0[value] }
    }
}
