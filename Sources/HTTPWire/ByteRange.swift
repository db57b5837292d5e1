/// Where something lies in the caller's bytes, counted from the start of the head (or of the slice given to a decoder).
///
/// Eight bytes, so that a head with a hundred headers stays in two kilobytes. A range is only meaningful beside the bytes it
/// was made from; nothing here keeps those.
package struct ByteRange: Sendable, Equatable {
    /// First byte.
    package let offset: UInt32
    /// Number of bytes.
    package let length: UInt32

    /// The bytes from `lower` up to, not including, `upper`; both at most 4 GiB, `lower` not after `upper`.
    @inline(__always)
    package init(_ lower: Int, _ upper: Int) {
        offset = UInt32(truncatingIfNeeded: lower)
        length = UInt32(truncatingIfNeeded: upper &- lower)
    }

    /// A range of no bytes at the start.
    package static var empty: ByteRange { ByteRange(0, 0) }

    /// First byte, as the standard library counts.
    @inline(__always)
    package var lowerBound: Int { Int(offset) }

    /// One past the last byte.
    @inline(__always)
    package var upperBound: Int { Int(offset) &+ Int(length) }

    /// Number of bytes.
    @inline(__always)
    package var count: Int { Int(length) }

    /// Whether it covers no byte.
    @inline(__always)
    package var isEmpty: Bool { length == 0 }

    /// For `Span.extracting(_:)`.
    @inline(__always)
    package var bounds: Range<Int> { lowerBound..<upperBound }
}
