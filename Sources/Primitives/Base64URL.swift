/// Base64 with the URL alphabet, without padding. Source: RFC 4648, section 5.
/// Strict: each byte string has exactly one text; padding, white space, the other alphabet and set trailing bits are refused.
/// The time depends on lengths only, so that tokens can pass through it.
package enum Base64URL {
    /// Characters that `count` bytes need.
    package static func encodedCount(_ count: Int) -> Int {
        (count * 4 + 2) / 3
    }

    /// Bytes that `count` characters hold; `nil` when no text is that long.
    package static func decodedCount(_ count: Int) -> Int? {
        count % 4 == 1 ? nil : count / 4 * 3 + count % 4 * 3 / 4
    }

    /// The text of public bytes.
    package static func encode(_ bytes: RawSpan) -> String {
        let count = encodedCount(bytes.byteCount)
        return unsafe String(unsafeUninitializedCapacity: count) { output in
            let place = unsafe UnsafeMutableRawBufferPointer(start: output.baseAddress, count: count)
            unsafe bytes.withUnsafeBytes { unsafe encode($0, place) }
            return count
        }
    }

    /// Writes the text, as ASCII, into the caller's memory; for secrets.
    /// - Parameter out: exactly `encodedCount(bytes.byteCount)` bytes.
    /// - Throws: `.invalidLength` for `out`.
    package static func encode(_ bytes: RawSpan, into out: inout MutableRawSpan) throws(PrimitiveError) {
        try requireLength(out.byteCount, encodedCount(bytes.byteCount))
        unsafe out.withUnsafeMutableBytes { output in unsafe bytes.withUnsafeBytes { unsafe encode($0, output) } }
    }

    /// The bytes of a public text; `nil` when it is not in the one accepted form.
    package static func decode(_ text: some StringProtocol) -> [UInt8]? {
        let characters = [UInt8](text.utf8)
        guard let count = decodedCount(characters.count) else { return nil }
        var bytes = [UInt8](repeating: 0, count: count)
        var elements = bytes.mutableSpan
        var span = unsafe elements.mutableBytes
        return unsafe decode(from: characters.span.bytes, into: &span) ? bytes : nil
    }

    /// Decodes ASCII text into the caller's memory, without allocating; for secrets.
    /// - Parameter out: exactly `decodedCount(text.byteCount)` bytes; all zeros where the result is `false`.
    /// - Returns: whether the text was in the one accepted form and `out` of the right size.
    package static func decode(from text: RawSpan, into out: inout MutableRawSpan) -> Bool {
        let fits = decodedCount(text.byteCount) == out.byteCount
        return unsafe out.withUnsafeMutableBytes { output in
            let valid = unsafe fits && text.withUnsafeBytes { unsafe decode($0, output) }
            if !valid { unsafe output.initializeMemory(as: UInt8.self, repeating: 0) }
            return valid
        }
    }

    private static func encode(_ bytes: UnsafeRawBufferPointer, _ output: UnsafeMutableRawBufferPointer) {
        var position = 0
        for start in stride(from: 0, to: bytes.count, by: 3) {
            var group: Int32 = 0
            for offset in 0..<3 { group = unsafe group << 8 | (start + offset < bytes.count ? Int32(bytes[start + offset]) : 0) }
            for shift: Int32 in [18, 12, 6, 0] where position < output.count {
                unsafe output[position] = character(group >> shift & 63)
                position += 1
            }
        }
    }

    private static func decode(_ text: UnsafeRawBufferPointer, _ output: UnsafeMutableRawBufferPointer) -> Bool {
        var wrong: Int32 = 0
        var wrongWords: UInt64 = 0
        var at = 0
        var position = 0
        while at &+ 8 <= text.count {  // `output` has six bytes for each such word: its length was checked
            let bits = unsafe word(UInt64(littleEndian: text.loadUnaligned(fromByteOffset: at, as: UInt64.self)), &wrongWords)
            unsafe output.storeBytes(of: UInt32(truncatingIfNeeded: bits >> 16).bigEndian, toByteOffset: position, as: UInt32.self)
            unsafe output.storeBytes(of: UInt16(truncatingIfNeeded: bits).bigEndian, toByteOffset: position &+ 4, as: UInt16.self)
            at &+= 8
            position &+= 6
        }
        if wrongWords != 0 { wrong = -1 }
        while at &+ 4 <= text.count {  // and three for each group
            let group = unsafe group(text, at, 4, &wrong)
            unsafe output[position] = UInt8(truncatingIfNeeded: group >> 16)
            unsafe output[position &+ 1] = UInt8(truncatingIfNeeded: group >> 8)
            unsafe output[position &+ 2] = UInt8(truncatingIfNeeded: group)
            at &+= 4
            position &+= 3
        }
        let rest = text.count &- at
        guard rest > 0 else { return wrong >= 0 }
        let last = unsafe group(text, at, rest, &wrong) << Int32(6 * (4 - rest))
        for index in 0..<rest &- 1 { unsafe output[position &+ index] = UInt8(truncatingIfNeeded: last >> Int32(16 - 8 * index)) }
        return wrong >= 0 && last & (rest == 2 ? 0xffff : 0xff) == 0
    }

    /// The 48 bits of eight characters, the first in the lowest bits of `text`; what is wrong with them is set in `wrong`. In a byte
    /// without its high bit, adding 0x80 - n sets that bit where it is n or more, and never carries into the next.
    @inline(__always)
    private static func word(_ text: UInt64, _ wrong: inout UInt64) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let highs = ones &<< 7
        let low = text & ~highs
        @inline(__always) func within(_ first: UInt64, _ last: UInt64) -> UInt64 {
            (low &+ ones &* (0x80 &- first)) & ~(low &+ ones &* (0x7f &- last)) & highs
        }
        let upper = within(65, 90)
        let lower = within(97, 122)
        let digit = within(48, 57)
        let dash = within(45, 45)
        let line = within(95, 95)
        wrong |= (upper | lower | digit | dash | line) & ~text ^ highs
        // What takes each character to its value, modulo 64.
        let letters = (upper &>> 7) &* 63 | (lower &>> 7) &* 57
        let values = (low &+ (letters | (digit &>> 7) &* 4 | (dash &>> 7) &* 17 | (line &>> 7) &* 32)) & (ones &* 63)
        let pairs = (values & 0x003f_003f_003f_003f) &<< 6 | values &>> 8 & 0x003f_003f_003f_003f
        let groups = (pairs & 0x0000_0fff_0000_0fff) &<< 12 | pairs &>> 16 & 0x0000_0fff_0000_0fff
        return (groups & 0xff_ffff) &<< 24 | groups &>> 32
    }

    /// The values of `count` characters in one number, and what is wrong with them in the sign of `wrong`.
    @inline(__always)
    private static func group(_ text: UnsafeRawBufferPointer, _ at: Int, _ count: Int, _ wrong: inout Int32) -> Int32 {
        var group: Int32 = 0
        for index in at..<at &+ count {
            let value = unsafe value(Int32(text[index]))
            wrong |= value
            group = group << 6 | value & 63
        }
        return group
    }

    /// The character of a value 0 … 63, without a branch or a table that the value would select.
    private static func character(_ value: Int32) -> UInt8 {
        let letter = value + 65 + ((25 - value) >> 8 & 6)
        let digit = -((51 - value) >> 8 & 75)
        return UInt8(truncatingIfNeeded: letter + digit - ((61 - value) >> 8 & 13) + ((62 - value) >> 8 & 49))
    }

    /// The value 0 … 63 of a character, -1 for any other, without a branch or a table.
    @inline(__always)
    private static func value(_ character: Int32) -> Int32 {
        @inline(__always) func within(_ low: Int32, _ high: Int32) -> Int32 { ((low &- 1 &- character) & (character &- high &- 1)) >> 8 }
        let letters = within(65, 90) & (character &- 64) | within(97, 122) & (character &- 70)
        return (letters | within(48, 57) & (character &+ 5) | within(45, 45) & 63 | within(95, 95) & 64) &- 1
    }
}
