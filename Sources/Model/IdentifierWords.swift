/// The 16 bytes of an id as two numbers, most significant byte first. They are where the id is, not behind a reference: what holds ids by
/// the hundred thousand and compares them touches no other memory.
package struct IdentifierWords: Hashable, Sendable {
    /// Bytes of an id.
    package static let byteCount = 16

    /// Bytes 0 to 7.
    package let high: UInt64
    /// Bytes 8 to 15.
    package let low: UInt64

    /// `nil` unless `bytes` has 16 bytes.
    package init?(_ bytes: Span<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        high = Self.word(of: bytes, from: 0)
        low = Self.word(of: bytes, from: 8)
    }

    /// Exactly 16 bytes.
    package var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.byteCount)
        append(to: &bytes)
        return bytes
    }

    /// Appends the 16 bytes.
    package func append(to bytes: inout [UInt8]) {
        Self.append(high, to: &bytes)
        Self.append(low, to: &bytes)
    }

    private static func append(_ word: UInt64, to bytes: inout [UInt8]) {
        var shift: UInt64 = 64
        while shift > 0 {
            shift -= 8
            bytes.append(UInt8(truncatingIfNeeded: word >> shift))
        }
    }

    private static func word(of bytes: Span<UInt8>, from start: Int) -> UInt64 {
        var word: UInt64 = 0
        for index in start..<start + 8 { word = word << 8 | UInt64(bytes[index]) }
        return word
    }
}
