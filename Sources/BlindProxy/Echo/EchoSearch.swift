/// Looks for the first bytes of up to eight forms at once, eight positions a step.
struct EchoSearch {
    /// The forms' first four bytes, each once, the first in the lowest bits.
    private var firsts = InlineArray<8, UInt32>(repeating: 0)
    private var firstCount = 0
    /// The forms' first bytes, each once, repeated over a word.
    private var words = InlineArray<8, UInt64>(repeating: 0)
    private var wordCount = 0

    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let highs: UInt64 = 0x8080_8080_8080_8080

    /// Adds a form; at most eight.
    mutating func add(_ first: UInt32) {
        for index in 0..<firstCount where firsts[index] == first { return }
        firsts[firstCount] = first
        firstCount += 1
        let word = UInt64(first & 0xff) &* Self.ones
        for index in 0..<wordCount where words[index] == word { return }
        words[wordCount] = word
        wordCount += 1
    }

    /// The first position from `start` on whose bytes, as far as they go, are the first four of a form.
    func first(in bytes: Span<UInt8>, from start: Int) -> Int? {
        let raw = unsafe bytes.bytes
        var at = start
        while at &+ 8 <= bytes.count {
            // In bounds by the condition above; every pattern of bits is a UInt64.
            let word = UInt64(littleEndian: unsafe raw.unsafeLoadUnaligned(fromByteOffset: at, as: UInt64.self))
            var found: UInt64 = 0
            for index in 0..<wordCount {
                // (x − 1) & ~x marks zero bytes, exactly so for the lowest one, which is the one wanted.
                let different = word ^ words[index]
                found |= (different &- Self.ones) & ~different & Self.highs
            }
            guard found != 0 else {
                at &+= 8
                continue
            }
            at &+= found.trailingZeroBitCount / 8
            if begins(bytes, at) { return at }
            at &+= 1
        }
        while at < bytes.count {
            if begins(bytes, at) { return at }
            at &+= 1
        }
        return nil
    }

    @inline(__always)
    private func begins(_ bytes: Span<UInt8>, _ at: Int) -> Bool {
        for index in 0..<firstCount where Self.begins(firsts[index], bytes, at) { return true }
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
