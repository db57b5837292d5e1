import HTTPWire

/// Standard Base64 with padding (RFC 4648 section 4), written straight into a head; for `Authorization: Basic`.
/// The time depends on lengths only.
enum Base64 {
    /// Characters for `count` bytes.
    static func encodedCount(_ count: Int) -> Int { (count + 2) / 3 * 4 }

    /// Writes the text of `first ‖ second`.
    static func write(_ first: Span<UInt8>, _ second: Span<UInt8>, to writer: inout ByteWriter) {
        let count = first.count + second.count
        func byte(_ index: Int) -> UInt32 {
            guard index < count else { return 0 }
            return UInt32(index < first.count ? first[index] : second[index - first.count])
        }
        for start in stride(from: 0, to: count, by: 3) {
            let group = byte(start) << 16 | byte(start + 1) << 8 | byte(start + 2)
            for position in 0..<4 {
                let isPadding = start + position > count
                writer.append(isPadding ? UInt8(ascii: "=") : character(Int32(group >> UInt32(18 - 6 * position) & 63), url: false))
            }
        }
    }

    /// The character of a value 0 … 63, without a branch or table that the value selects.
    /// - Parameter url: `-` and `_` for `+` and `/` (RFC 4648 section 5).
    static func character(_ value: Int32, url: Bool) -> UInt8 {
        let letter = value + 65 + ((25 - value) >> 8 & 6)
        let digit = (51 - value) >> 8 & 75
        let plus = (61 - value) >> 8 & (url ? 13 : 15)
        let slash = (62 - value) >> 8 & (url ? 49 : 3)
        return UInt8(truncatingIfNeeded: letter - digit - plus + slash)
    }
}
