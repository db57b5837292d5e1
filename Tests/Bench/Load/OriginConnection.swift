/// The origin's side of one connection: reads requests, writes one stream at a time.
final class OriginConnection {
    private static let head = Array(
        "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncache-control: no-store\r\ntransfer-encoding: chunked\r\n\r\n".utf8)
    private static let notFound = Array("HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n".utf8)

    /// The stream being written.
    private struct Stream {
        let id: UInt64
        let frames: UInt64
        let interval: UInt64
        let bytes: Int
        var next: UInt64 = 0
    }

    let generation: UInt64
    private var wire: Wire
    private var received: [UInt8] = []
    private var stream: Stream?

    init(_ descriptor: Int32, generation: UInt64) {
        self.generation = generation
        wire = Wire(descriptor)
    }

    /// Reads and writes what is possible.
    /// - Returns: when the next frame is due where a stream just began; `nil` when nothing is to be awaited; throws when the connection is over.
    func advance(scratch: inout [UInt8]) throws(LoadError) -> UInt64? {
        guard wire.flush() else { throw LoadError("broken") }
        while true {
            switch wire.read(into: &received, scratch: &scratch) {
            case .bytes: continue
            case .end: throw LoadError("closed")
            case .nothing: return try begin()
            }
        }
    }

    /// Writes the frame that is due.
    /// - Returns: when the next one is; `nil` after the last.
    func tick(_ now: UInt64) throws(LoadError) -> UInt64? {
        guard var current = stream else { return nil }
        // A reader that is too slow gets its frames later, not fewer.
        guard wire.isFlushed else { return now + current.interval }
        var chunk: [UInt8] = []
        append(Frame(stream: current.id, number: current.next, sentAt: now), count: current.bytes, to: &chunk)
        current.next += 1
        let isLast = current.next == current.frames
        if isLast {
            chunk += Array((String(Frame.done.count, radix: 16) + "\r\n").utf8) + Frame.done + Array("\r\n0\r\n\r\n".utf8)
        }
        stream = isLast ? nil : current
        guard wire.send(chunk) else { throw LoadError("broken") }
        return isLast ? nil : now + current.interval
    }

    private func begin() throws(LoadError) -> UInt64? {
        guard stream == nil, let end = received.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
        let request = String(decoding: received[..<end.lowerBound], as: UTF8.self)
        received.removeSubrange(..<end.upperBound)
        let target = request.split(separator: " ", maxSplits: 2).dropFirst().first ?? ""
        let query = target.split(separator: "?").dropFirst().first ?? ""
        var values: [Substring: UInt64] = [:]
        for item in query.split(separator: "&") {
            let parts = item.split(separator: "=")
            if parts.count == 2 { values[parts[0]] = UInt64(parts[1]) }
        }
        guard let id = values["stream"], let frames = values["frames"], let interval = values["interval_ms"], let bytes = values["bytes"],
            LoadOptions.frameBounds.contains(Int(clamping: frames)), LoadOptions.intervalBounds.contains(Int(clamping: interval)),
            LoadOptions.byteBounds.contains(Int(clamping: bytes))
        else {
            guard wire.send(Self.notFound) else { throw LoadError("broken") }
            return nil
        }
        stream = Stream(id: id, frames: frames, interval: interval * MonotonicClock.nanosecondsPerMillisecond, bytes: Int(bytes))
        guard wire.send(Self.head) else { throw LoadError("broken") }
        return MonotonicClock.nanoseconds
    }

    private func append(_ frame: Frame, count: Int, to chunk: inout [UInt8]) {
        chunk += (String(count, radix: 16) + "\r\n").utf8
        frame.appended(to: &chunk, count: count)
        chunk += "\r\n".utf8
    }
}
