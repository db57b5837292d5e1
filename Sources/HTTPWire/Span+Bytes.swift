/// Searching and comparing in borrowed bytes. Indexing is checked; the one wide load below is checked too.
extension Span where Element == UInt8 {
    /// Eight bytes at `index`, the first one in the lowest bits. Traps past the end, like indexing.
    @inline(__always)
    func word(at index: Int) -> UInt64 {
        // `unsafe` covers types for which some bit patterns are invalid; every pattern is a UInt64, and bounds are checked.
        UInt64(littleEndian: unsafe bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self))
    }

    /// The first byte in `start..<end` below 0x20 or equal to 0x7f; `end` if there is none.
    ///
    /// Eight bytes a step: (x - n) & ~x finds bytes below n, exactly so for the lowest one found, which is the one wanted.
    @inline(__always)
    func firstControl(from start: Int, to end: Int) -> Int {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let highs: UInt64 = 0x8080_8080_8080_8080
        var at = start
        while at &+ 8 <= end {
            let word = word(at: at)
            let low = (word &- ones &* 0x20) & ~word
            let flipped = word ^ (ones &* 0x7f)
            let deletes = (flipped &- ones) & ~flipped
            let found = (low | deletes) & highs
            if found != 0 { return at &+ found.trailingZeroBitCount / 8 }
            at &+= 8
        }
        while at < end {
            let byte = self[at]
            if byte < ASCII.space || byte == ASCII.delete { return at }
            at &+= 1
        }
        return end
    }

    /// Whether the bytes at `range` are `lowercase` in any mix of cases.
    /// - Parameters:
    ///   - range: bytes that were read as a token or a value; any byte is allowed.
    ///   - lowercase: ASCII without upper-case letters.
    @inline(__always)
    package func equals(_ range: ByteRange, lowercase: StaticString) -> Bool {
        guard range.count == lowercase.utf8CodeUnitCount else { return false }
        return matches(at: range.lowerBound, lowercase)
    }

    /// Whether the bytes from `offset` on begin with `lowercase` in any mix of cases; the caller knows that they are that long.
    @inline(__always)
    func matches(at offset: Int, _ lowercase: StaticString) -> Bool {
        var index = 0
        while index < lowercase.utf8CodeUnitCount {
            // In bounds of a literal by the condition above.
            let wanted = unsafe lowercase.utf8Start[index]
            if ASCII.lowercased(self[offset &+ index]) != wanted { return false }
            index &+= 1
        }
        return true
    }

    /// Whether the bytes at `range` are exactly `text`.
    @inline(__always)
    package func equalsExactly(_ range: ByteRange, _ text: StaticString) -> Bool {
        guard range.count == text.utf8CodeUnitCount else { return false }
        var index = 0
        while index < text.utf8CodeUnitCount {
            // In bounds of a literal by the condition above.
            let wanted = unsafe text.utf8Start[index]
            if self[range.lowerBound &+ index] != wanted { return false }
            index &+= 1
        }
        return true
    }

    /// Whether two places hold the same bytes in any mix of cases.
    package func equalsIgnoringCase(_ one: ByteRange, _ other: ByteRange) -> Bool {
        guard one.count == other.count else { return false }
        for index in 0..<one.count
        where ASCII.lowercased(self[one.lowerBound &+ index]) != ASCII.lowercased(self[other.lowerBound &+ index]) {
            return false
        }
        return true
    }

    /// Whether the bytes at `range` are exactly `other`.
    package func equals(_ range: ByteRange, _ other: Span<UInt8>) -> Bool {
        guard range.count == other.count else { return false }
        for index in 0..<other.count where self[range.lowerBound &+ index] != other[index] { return false }
        return true
    }
}
