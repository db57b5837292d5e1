/// Searching and comparing in borrowed bytes. Indexing is checked; the one wide load below is checked too.
extension Span where Element == UInt8 {
    /// Eight bytes at `index`, the first one in the lowest bits. Traps past the end, like indexing.
    @inline(__always)
    func word(at index: Int) -> UInt64 {
        // `unsafe` covers types for which some bit patterns are invalid; every pattern is a UInt64, and bounds are checked.
        UInt64(littleEndian: unsafe bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self))
    }

    /// Whether `index` is one of these bytes; in the form of the check that indexing makes, which is then not made again.
    @inline(__always)
    func has(_ index: Int) -> Bool { UInt(bitPattern: index) < UInt(bitPattern: count) }

    /// The first byte from `start` on below 0x20 or equal to 0x7f; `count` if there is none.
    ///
    /// Eight bytes a step: (x - n) & ~x finds bytes below n, exactly so for the lowest one found, which is the one wanted.
    @inline(__always)
    func firstControl(from start: Int) -> Int {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let highs: UInt64 = 0x8080_8080_8080_8080
        var at = start
        while at &+ 8 <= count {
            let word = word(at: at)
            let low = (word &- ones &* 0x20) & ~word
            let flipped = word ^ (ones &* 0x7f)
            let deletes = (flipped &- ones) & ~flipped
            let found = (low | deletes) & highs
            if found != 0 { return at &+ found.trailingZeroBitCount / 8 }
            at &+= 8
        }
        while has(at) {
            let byte = self[at]
            if byte < ASCII.space || byte == ASCII.delete { return at }
            at &+= 1
        }
        return at
    }

    /// The first byte from `start` on that is no letter, digit or "-"; `count` if there is none.
    ///
    /// Eight bytes a step: with the high bits cleared, adding 0x80 - n to each byte sets its high bit where it is n or more,
    /// and never carries into the next.
    @inline(__always)
    func firstOutsideName(from start: Int) -> Int {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let highs: UInt64 = 0x8080_8080_8080_8080
        var at = start
        while at &+ 8 <= count {
            let word = word(at: at)
            let low = word & ~highs
            let folded = low | ones &* 0x20
            let letters = (folded &+ ones &* 0x1f) & ~(folded &+ ones &* 0x05)
            let digits = (low &+ ones &* 0x50) & ~(low &+ ones &* 0x46)
            let dashes = ~((low ^ ones &* 0x2d) &+ ones &* 0x7f)
            let outside = ~((letters | digits | dashes) & ~word) & highs
            if outside != 0 { return at &+ outside.trailingZeroBitCount / 8 }
            at &+= 8
        }
        while has(at), ByteSet.nameByte.contains(self[at]) { at &+= 1 }
        return at
    }

    /// Whether the bytes at `range` are `lowercase` in any mix of cases.
    /// - Parameters:
    ///   - range: bytes that were read as a token or a value; any byte is allowed.
    ///   - lowercase: ASCII without upper-case letters.
    @inline(__always)
    package func equals(_ range: ByteRange, lowercase: StaticString) -> Bool {
        guard range.count == lowercase.utf8CodeUnitCount else { return false }
        var index = 0
        while index < lowercase.utf8CodeUnitCount {
            // In bounds of a literal by the condition above.
            let wanted = unsafe lowercase.utf8Start[index]
            if ASCII.lowercased(self[range.lowerBound &+ index]) != wanted { return false }
            index &+= 1
        }
        return true
    }

    /// Whether the token at `offset` begins with `lowercase` in any mix of cases; the caller knows that it is that long.
    ///
    /// Setting bit 5 makes a letter lower-case and no other token character one of "a" to "z", "0" to "9" and "-".
    @inline(__always)
    func matches(tokenAt offset: Int, _ lowercase: StaticString) -> Bool {
        var index = 0
        while index < lowercase.utf8CodeUnitCount {
            // In bounds of a literal by the condition above.
            let wanted = unsafe lowercase.utf8Start[index]
            if self[offset &+ index] | 0x20 != wanted { return false }
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
