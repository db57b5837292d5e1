import HTTPWire

/// Walks the frames a server sends (RFC 6455 section 5.2), so that echoes are looked for in payloads and nothing waits beyond its frame.
///
/// Refused is what would make a reader of the bytes see other frames than this one: extension bits and opcodes nobody agreed on, masked
/// frames, lengths that are not in their shortest form, control frames in parts or over 125 bytes.
struct WebSocketFrames {
    enum Step: Equatable {
        /// Bytes of a frame's header, perhaps not all of them.
        case header(ByteRange)
        /// Bytes of its payload; the last of them where `endsFrame`.
        case payload(ByteRange, endsFrame: Bool)
        case needsMore
    }

    private enum State: Equatable {
        case first
        case second
        case length(left: Int, minimum: UInt64)
        case payload
    }

    private var state = State.first
    private var isControl = false
    /// The length as far as it was read, then the payload's bytes that are to come.
    private var left: UInt64 = 0

    /// The next part of `bytes`.
    /// - Parameter at: where to go on; afterwards behind what was returned.
    /// - Throws: `upstream_protocol`; nothing after such bytes can be delimited.
    mutating func step(_ bytes: Span<UInt8>, at: inout Int) throws(ProxyError) -> Step {
        guard at < bytes.count else { return .needsMore }
        let start = at
        guard state != .payload else {
            let count = Int(clamping: min(left, UInt64(bytes.count - at)))
            at += count
            left -= UInt64(count)
            if left == 0 { state = .first }
            return .payload(ByteRange(start, at), endsFrame: left == 0)
        }
        repeat {
            try take(bytes[at])
            at += 1
        } while at < bytes.count && state != .payload && state != .first
        return .header(ByteRange(start, at))
    }

    private mutating func take(_ byte: UInt8) throws(ProxyError) {
        switch state {
        case .first:
            let opcode = byte & 0x0f
            guard byte & 0x70 == 0, opcode <= 2 || (8...10).contains(opcode) else { throw .upstreamProtocol }
            isControl = opcode >= 8
            guard !isControl || byte & 0x80 != 0 else { throw .upstreamProtocol }
            state = .second
        case .second:
            guard byte & 0x80 == 0, !isControl || byte <= 125 else { throw .upstreamProtocol }
            left = 0
            switch byte {
            case 126: state = .length(left: 2, minimum: 126)
            case 127: state = .length(left: 8, minimum: 65_536)
            default: begin(UInt64(byte))
            }
        case .length(let count, let minimum):
            left = left << 8 | UInt64(byte)
            guard count == 1 else {
                state = .length(left: count - 1, minimum: minimum)
                return
            }
            guard left >= minimum, left <= UInt64(Int64.max) else { throw .upstreamProtocol }
            begin(left)
        case .payload: break
        }
    }

    private mutating func begin(_ count: UInt64) {
        left = count
        state = count == 0 ? .first : .payload
    }
}
