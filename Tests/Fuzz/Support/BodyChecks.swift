import HTTPWire

/// The properties of a decoded body.
enum BodyChecks {
    static func run(_ body: [UInt8], _ framing: BodyFraming, isComplete: Bool) {
        switch framing {
        case .none: check(body.isEmpty && isComplete, "no body is no bytes")
        case .contentLength(let length):
            check(UInt64(body.count) <= length, "a body is no longer than its length")
            check(isComplete == (UInt64(body.count) == length), "a body is complete when its length is reached")
        case .untilClose: check(!isComplete, "a body until the connection closes is never complete before")
        case .chunked: break
        }
        checkEncoding(body)
    }

    /// Encoded again, in chunks of sizes that the bytes themselves choose, a body decodes to the same.
    static func checkEncoding(_ body: [UInt8]) {
        var wire: [UInt8] = []
        var at = 0
        while at < body.count {
            let size = min(1 + Int(body[at]) * 3, body.count - at)
            wire += WrittenBytes.of(capacity: ChunkedEncoder.maximumSizeLineBytes) { ChunkedEncoder.sizeLine(size, to: &$0) }
            wire += body[at..<(at + size)]
            wire += [13, 10]
            at += size
        }
        wire += Array("0\r\n\r\n".utf8)
        let reading = ChunkReading(wire, cuts: [wire.count / 3, wire.count / 2])
        check(reading.error == nil && reading.isComplete, "an encoded body is a body")
        check(reading.body == body && reading.position == wire.count, "an encoded body decodes to what it was")
    }
}
