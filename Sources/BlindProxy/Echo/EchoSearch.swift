/// Looks for the first bytes of up to eight forms at once, sixteen positions a step.
struct EchoSearch {
    /// The forms' first four bytes, each once, the first in the lowest bits.
    private var firsts = InlineArray<8, UInt32>(repeating: 0)
    private var count = 0

    /// Forms that are compared at once; all that a key of letters and digits has. More are compared as two groups.
    private static let group = 4
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
        let some = pairs(from: 0)
        if count <= Self.group {
            if let found = steps(in: bytes, &at, { here, next in some.match(here, next) }) { return found }
        } else {
            let others = pairs(from: Self.group)
            if let found = steps(in: bytes, &at, { here, next in some.match(here, next) .| others.match(here, next) }) { return found }
        }
        while at < bytes.count {
            if begins(bytes, at) { return at }
            at &+= 1
        }
        return nil
    }

    /// Looks as far as whole steps go. Most texts hold the first byte of a form somewhere in sixteen, so the second one is compared as well.
    @inline(__always)
    private func steps(
        in bytes: Span<UInt8>, _ at: inout Int, _ match: (SIMD16<UInt8>, SIMD16<UInt8>) -> SIMDMask<SIMD16<Int8>>
    ) -> Int? {
        let raw = unsafe bytes.bytes
        while at &+ Self.step < bytes.count {
            // In bounds by the condition above; every pattern of bits is sixteen UInt8.
            let here = unsafe raw.unsafeLoadUnaligned(fromByteOffset: at, as: SIMD16<UInt8>.self)
            let next = unsafe raw.unsafeLoadUnaligned(fromByteOffset: at &+ 1, as: SIMD16<UInt8>.self)
            if any(match(here, next)) {
                for position in at..<at &+ Self.step where begins(bytes, position) { return position }
            }
            at &+= Self.step
        }
        return nil
    }

    /// The first two bytes of a form, each sixteen times.
    private struct Pair {
        let first: SIMD16<UInt8>
        let second: SIMD16<UInt8>

        @inline(__always)
        func match(_ here: SIMD16<UInt8>, _ next: SIMD16<UInt8>) -> SIMDMask<SIMD16<Int8>> { (here .== first) .& (next .== second) }
    }

    private struct Pairs {
        let a: Pair
        let b: Pair
        let c: Pair
        let d: Pair

        @inline(__always)
        func match(_ here: SIMD16<UInt8>, _ next: SIMD16<UInt8>) -> SIMDMask<SIMD16<Int8>> {
            a.match(here, next) .| b.match(here, next) .| c.match(here, next) .| d.match(here, next)
        }
    }

    /// Where there are fewer than four, the last one stands for the rest.
    @inline(__always)
    private func pairs(from index: Int) -> Pairs {
        Pairs(a: pair(index), b: pair(index &+ 1), c: pair(index &+ 2), d: pair(index &+ 3))
    }

    @inline(__always)
    private func pair(_ index: Int) -> Pair {
        let form = firsts[min(index, count &- 1)]
        return Pair(
            first: SIMD16(repeating: UInt8(truncatingIfNeeded: form)), second: SIMD16(repeating: UInt8(truncatingIfNeeded: form &>> 8)))
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
