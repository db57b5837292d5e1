/// A set of ASCII characters as two machine words; bytes from 0x80 on are never members.
///
/// Constants rather than a table in memory: a test compares each with the characters its grammar names.
struct ByteSet: Sendable {
    /// Bit n: character n.
    let low: UInt64
    /// Bit n: character 64 + n.
    let high: UInt64

    @inline(__always)
    func contains(_ byte: UInt8) -> Bool {
        let half = byte < 64 ? low : high
        return byte < 128 && (half &>> UInt64(byte & 63)) & 1 != 0
    }

    /// `tchar`, RFC 9110 section 5.6.2.
    @inline(__always)
    static var token: ByteSet { ByteSet(low: 0x03ff_6cfa_0000_0000, high: 0x57ff_ffff_c7ff_fffe) }

    /// `pchar` and "/", without "%": RFC 3986 section 3.3.
    @inline(__always)
    static var path: ByteSet { ByteSet(low: 0x2fff_ffd2_0000_0000, high: 0x47ff_fffe_87ff_ffff) }

    /// `query` without "%" (RFC 3986 section 3.4), and "[" "]", which the WHATWG URL standard leaves bare in queries.
    @inline(__always)
    static var query: ByteSet { ByteSet(low: 0xafff_ffd2_0000_0000, high: 0x47ff_fffe_afff_ffff) }

    /// Letters, digits, "-", "." and "_": what host names are made of.
    @inline(__always)
    static var hostName: ByteSet { ByteSet(low: 0x03ff_6000_0000_0000, high: 0x07ff_fffe_87ff_fffe) }

    /// Letters, digits and "-": what nearly every header name is made of.
    @inline(__always)
    static var nameByte: ByteSet { ByteSet(low: 0x03ff_2000_0000_0000, high: 0x07ff_fffe_07ff_fffe) }

    /// What follows the first letter of a URI scheme.
    @inline(__always)
    static var scheme: ByteSet { ByteSet(low: 0x03ff_6800_0000_0000, high: 0x07ff_fffe_07ff_fffe) }
}

/// The bytes that grammars name.
enum ASCII {
    static var tab: UInt8 { 0x09 }
    static var lineFeed: UInt8 { 0x0a }
    static var carriageReturn: UInt8 { 0x0d }
    static var space: UInt8 { 0x20 }
    static var delete: UInt8 { 0x7f }
    static var quote: UInt8 { 0x22 }
    static var percent: UInt8 { 0x25 }
    static var ampersand: UInt8 { 0x26 }
    static var asterisk: UInt8 { 0x2a }
    static var plus: UInt8 { 0x2b }
    static var comma: UInt8 { 0x2c }
    static var dot: UInt8 { 0x2e }
    static var slash: UInt8 { 0x2f }
    static var zero: UInt8 { 0x30 }
    static var colon: UInt8 { 0x3a }
    static var semicolon: UInt8 { 0x3b }
    static var equals: UInt8 { 0x3d }
    static var question: UInt8 { 0x3f }
    static var backslash: UInt8 { 0x5c }

    /// Space or horizontal tab: RFC 9110 section 5.6.3.
    @inline(__always)
    static func isWhitespace(_ byte: UInt8) -> Bool { byte == space || byte == tab }

    @inline(__always)
    static func isDigit(_ byte: UInt8) -> Bool { byte &- zero < 10 }

    /// The value of a hexadecimal digit, nil for any other byte.
    @inline(__always)
    static func hexValue(_ byte: UInt8) -> UInt8? {
        let digit = byte &- zero
        if digit < 10 { return digit }
        let letter = (byte | 0x20) &- 0x61
        return letter < 6 ? letter &+ 10 : nil
    }

    /// Letters in lower case, every other byte as it is.
    @inline(__always)
    static func lowercased(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }
}
