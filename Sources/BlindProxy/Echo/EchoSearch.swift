/// Looks for the first bytes of up to eight forms at once, sixteen positions a step.
struct EchoSearch {
    /// The forms' first four bytes, each once, the first in the lowest bits.
    private var firsts = InlineArray<8, UInt32>(repeating: 0)
    private var count = 0

    /// Forms that are looked for sixteen positions at a time; all that a key of letters and digits has. More are looked for one by one.
    private static let wide = 4
    private static let step = 16

    /// Adds a form; at most eight.
    mutating func add(_ first: UInt32) {
        for index in 0..<count where firsts[index] == first { return }
        firsts[count] = first
        count += 1
    }

    /// The first position from `start` on whose bytes, as far as they go, are the first four of a form.
    func first(in bytes: Span<UInt8>, from start: Int) -> Int? {
        guard count > 0 else { return nil }
        var at = start
        if count <= Self.wide {
            if let found = firstWide(in: bytes, &at) { return found }
        }
        while at < bytes.count {
            if begins(bytes, at) { return at }
            at &+= 1
        }
        return nil
    }

    /// Looks as far as whole steps go. Most texts hold the first byte of a form somewhere in sixteen, so the second one is compared as well.
    @inline(__always)
    private func firstWide(in bytes: Span<UInt8>, _ at: inout Int) -> Int? {
        let raw = unsafe bytes.bytes
        // Where there are fewer than four, the last one stands for the rest.
        let (a, b, c, d) = (pair(0), pair(1), pair(2), pair(3))
        while at &+ Self.step < bytes.count {
            // In bounds by the condition above; every pattern of bits is sixteen UInt8.
            let here = unsafe raw.unsafeLoadUnaligned(fromByteOffset: at, as: SIMD16<UInt8>.self)
            let next = unsafe raw.unsafeLoadUnaligned(fromByteOffset: at &+ 1, as: SIMD16<UInt8>.self)
            let found =
                ((here .== a.0) .& (next .== a.1)) .| ((here .== b.0) .& (next .== b.1)) .| ((here .== c.0) .& (next .== c.1))
                .| ((here .== d.0) .& (next .== d.1))
            if any(found) {
                for position in at..<at &+ Self.step where begins(bytes, position) { return position }
            }
            at &+= Self.step
        }
        return nil
    }

    /// The first two bytes of a form, each sixteen times.
    @inline(__always)
    private func pair(_ index: Int) -> (SIMD16<UInt8>, SIMD16<UInt8>) {
        let first = firsts[min(index, count &- 1)]
        return (SIMD16(repeating: UInt8(truncatingIfNeeded: first)), SIMD16(repeating: UInt8(truncatingIfNeeded: first &>> 8)))
    }

    @inline(__always)
    private func begins(_ bytes: Span<UInt8>, _ at: Int) -> Bool {
        for index in 0..<count where Self.begins(firsts[index], bytes, at) { return true }
        return false
    }

    /// Whether the bytes from `at` on, at most four and as far as they go, are those of `first`.
    @inline(__always)
    static func begins(_ first: UInt32, _ bytes: Span<UInt8>, _ at: Int) -> Bool {
        if at >= 0, bytes.count &- at >= 4 {
            // In bounds by the condition above; every pattern of bits is a UInt32.
            return UInt32(littleEndian: unsafe bytes.bytes.unsafeLoadUnaligned(fromByteOffset: at, as: UInt32.self)) == first
        }
        for offset in 0..<min(4, bytes.count - at)
        where bytes[at + offset] != UInt8(truncatingIfNeeded: first >> UInt32(8 * offset)) { return false }
        return true
    }
}
