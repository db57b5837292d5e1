/// The value of a `Host` field: `uri-host [ ":" port ]`, RFC 9110 section 7.2.
///
/// Names are letters, digits, "-", "." and "_"; addresses in brackets are hexadecimal digits, ":" and ".". User information,
/// percent-encoding and an empty value are refused though RFC 3986 could be read to allow them.
package struct HostValue: Sendable, Equatable {
    /// The name or address, the brackets of an IPv6 address included.
    package let name: ByteRange
    /// The port when one is given: 0 to 65535.
    package let port: UInt16?

    /// - Throws: `.badHost`.
    init(_ bytes: Span<UInt8>, _ range: ByteRange) throws(HTTPWireError) {
        let end = range.upperBound
        var at = range.lowerBound
        if at < end, bytes[at] == UInt8(ascii: "[") {
            at &+= 1
            let start = at
            while at < end, ASCII.hexValue(bytes[at]) != nil || bytes[at] == ASCII.colon || bytes[at] == ASCII.dot { at &+= 1 }
            guard at > start, at < end, bytes[at] == UInt8(ascii: "]") else { throw .badHost }
            at &+= 1
        } else {
            while at < end, ByteSet.hostName.contains(bytes[at]) { at &+= 1 }
            guard at > range.lowerBound else { throw .badHost }
        }
        name = ByteRange(range.lowerBound, at)
        guard at < end else {
            port = nil
            return
        }
        let digits = end &- at &- 1
        guard bytes[at] == ASCII.colon, digits >= 1, digits <= 5 else { throw .badHost }
        var number = 0
        for index in (at &+ 1)..<end {
            guard ASCII.isDigit(bytes[index]) else { throw .badHost }
            number = number &* 10 &+ Int(bytes[index] &- ASCII.zero)
        }
        guard let port = UInt16(exactly: number) else { throw .badHost }
        self.port = port
    }
}
