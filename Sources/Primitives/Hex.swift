/// Lower-case hexadecimal, for digests and identifiers people read; not for secrets.
/// Strict: upper case, an odd length or any other character is refused.
package enum Hex {
    /// Two characters for each byte.
    package static func encode(_ bytes: RawSpan) -> String {
        unsafe bytes.withUnsafeBytes { bytes in
            unsafe String(unsafeUninitializedCapacity: bytes.count * 2) { output in
                for index in bytes.indices {
                    unsafe output[index * 2] = digit(bytes[index] >> 4)
                    unsafe output[index * 2 + 1] = digit(bytes[index] & 15)
                }
                return bytes.count * 2
            }
        }
    }

    /// The bytes of a text; `nil` when it is not in the one accepted form.
    package static func decode(_ text: some StringProtocol) -> [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count / 2)
        var high: UInt8?
        for character in text.utf8 {
            guard let value = value(character) else { return nil }
            if let first = high {
                bytes.append(first << 4 | value)
                high = nil
            } else {
                high = value
            }
        }
        return high == nil ? bytes : nil
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }

    private static func value(_ character: UInt8) -> UInt8? {
        switch character {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): character - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}
