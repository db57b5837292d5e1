import HTTPWire

/// Percent-encoding of everything but the unreserved characters (RFC 3986 section 2.3).
enum PercentEncoder {
    /// Appends `bytes`, encoded.
    static func write(_ bytes: Span<UInt8>, to writer: inout ByteWriter) {
        for index in bytes.indices {
            let byte = bytes[index]
            if isUnreserved(byte) {
                writer.append(byte)
            } else {
                writer.append("%")
                writer.append(hex(byte >> 4))
                writer.append(hex(byte & 15))
            }
        }
    }

    static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x2e, 0x5f, 0x7e: true
        default: false
        }
    }

    private static func hex(_ digit: UInt8) -> UInt8 { digit < 10 ? 0x30 + digit : 0x37 + digit }
}
