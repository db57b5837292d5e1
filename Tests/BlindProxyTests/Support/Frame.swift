/// Frames as a server sends them, built apart from the code under test (RFC 6455 section 5.2).
enum Frame {
    /// One whole text message.
    static func text(_ text: String) -> [UInt8] { frame(0x81, Array(text.utf8)) }

    /// - Parameter first: FIN, reserved bits and opcode.
    static func frame(_ first: UInt8, _ payload: [UInt8]) -> [UInt8] {
        var header = [first]
        switch payload.count {
        case ..<126: header.append(UInt8(payload.count))
        case ..<65_536: header += [126, UInt8(payload.count >> 8), UInt8(payload.count & 255)]
        default: header += [127] + (0..<8).reversed().map { UInt8(truncatingIfNeeded: payload.count >> ($0 * 8)) }
        }
        return header + payload
    }
}
