/// Percent-decoding one byte at a time: RFC 3986 section 2.1.
package enum PercentDecoder {
    /// The byte that the one at `at`, or the three of its percent-encoding, stand for; an encoding cut short is taken as it is.
    /// - Parameters:
    ///   - at: before `end`; moved past what was read, by 1 or 3.
    ///   - end: at most `bytes.count`.
    @inline(__always)
    static func next(_ bytes: Span<UInt8>, at: inout Int, end: Int) -> UInt8 {
        let byte = bytes[at]
        if byte == ASCII.percent, at &+ 2 < end,
            let high = ASCII.hexValue(bytes[at &+ 1]), let low = ASCII.hexValue(bytes[at &+ 2])
        {
            at &+= 3
            return high << 4 | low
        }
        at &+= 1
        return byte
    }

    /// Appends the decoded bytes of `range`, at most as many as it has.
    /// - Parameter plusIsSpace: as in a query written by a form.
    package static func decode(_ bytes: Span<UInt8>, _ range: ByteRange, plusIsSpace: Bool = false, to writer: inout ByteWriter) {
        var at = range.lowerBound
        while at < range.upperBound {
            let byte = next(bytes, at: &at, end: range.upperBound)
            let wasPlus = plusIsSpace && byte == ASCII.plus && bytes[at &- 1] == ASCII.plus
            writer.append(wasPlus ? ASCII.space : byte)
        }
    }
}
