/// Appends to memory of the caller's: a head buffer, a slab, a `ByteBuffer`'s writable bytes.
///
/// What does not fit is not written, and nothing is from then on; `finish()` reports that, so that a head is built without a
/// check after each piece. It keeps the pointer it is given: that memory must outlive it. It copies secrets only to there.
@safe package struct ByteWriter: ~Copyable {
    private let base: UnsafeMutableRawPointer?
    private let capacity: Int
    /// Bytes written.
    package private(set) var count = 0
    /// Something did not fit.
    package private(set) var isOverflowed = false

    /// A writer at the start of `memory`.
    /// - Parameter memory: exclusively the writer's until it ends.
    @unsafe package init(_ memory: UnsafeMutableRawBufferPointer) {
        unsafe base = memory.baseAddress
        capacity = memory.count
    }

    /// The number of bytes written.
    /// - Throws: `.outputFull` when something did not fit; the memory then holds the pieces before it.
    package consuming func finish() throws(HTTPWireError) -> Int {
        guard !isOverflowed else { throw .outputFull }
        return count
    }

    /// Appends one byte.
    package mutating func append(_ byte: UInt8) {
        guard let place = unsafe reserve(1) else { return }
        unsafe place.storeBytes(of: byte, as: UInt8.self)
    }

    /// Appends all of `bytes`.
    package mutating func append(_ bytes: Span<UInt8>) {
        append(bytes, ByteRange(0, bytes.count))
    }

    /// Appends the part of `bytes` at `range`, which must lie in it.
    package mutating func append(_ bytes: Span<UInt8>, _ range: ByteRange) {
        precondition(range.upperBound <= bytes.count, "a range of other bytes")
        guard range.count > 0, let place = unsafe reserve(range.count) else { return }
        // The source is in bounds by the precondition, the destination by `reserve`.
        unsafe bytes.withUnsafeBytes { source in
            guard let start = source.baseAddress else { return }
            unsafe place.copyMemory(from: start + range.lowerBound, byteCount: range.count)
        }
    }

    /// Appends ASCII text.
    package mutating func append(_ text: StaticString) {
        guard let place = unsafe reserve(text.utf8CodeUnitCount) else { return }
        unsafe place.copyMemory(from: text.utf8Start, byteCount: text.utf8CodeUnitCount)
    }

    /// Appends `number` in decimal.
    package mutating func append(decimal number: UInt64) {
        var digits = InlineArray<20, UInt8>(repeating: 0)  // what a UInt64 needs at most
        var start = 20
        var rest = number
        repeat {
            start &-= 1
            digits[start] = ASCII.zero &+ UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        } while rest > 0
        append(digits.span, ByteRange(start, 20))
    }

    /// Appends `number` in lower-case hexadecimal without leading zeros.
    package mutating func append(hexadecimal number: UInt64) {
        var shift = max(0, 60 - number.leadingZeroBitCount / 4 * 4)
        while shift >= 0 {
            let digit = UInt8(truncatingIfNeeded: number &>> UInt64(shift)) & 15
            append(digit < 10 ? ASCII.zero &+ digit : 0x57 &+ digit)
            shift -= 4
        }
    }

    /// Room for `size` more bytes; nil, and overflowed for good, when there is none.
    private mutating func reserve(_ size: Int) -> UnsafeMutableRawPointer? {
        guard !isOverflowed, let base = unsafe base, size <= capacity &- count else {
            isOverflowed = true
            return nil
        }
        defer { count &+= size }
        return unsafe base + count
    }
}
