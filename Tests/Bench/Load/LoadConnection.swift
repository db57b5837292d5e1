/// The client's side of one connection: asks for a stream, checks its frames, asks for the next.
final class LoadConnection {
    enum Phase { case connecting, streaming, finished }

    private let options: LoadOptions
    private let ids: Range<UInt64>
    private var wire: Wire
    private var received: [UInt8] = []
    private var answer = AnswerReader()
    private var askedAt: UInt64 = 0
    private var expected: UInt64 = 0
    private var sawDone = false
    private var asked: UInt64 = 0
    private(set) var phase = Phase.connecting
    /// Whether a frame of any stream came.
    private(set) var hasStarted = false

    /// - Parameter ids: stream numbers this connection may use, one per request.
    init(_ descriptor: Int32, options: LoadOptions, ids: Range<UInt64>) {
        wire = Wire(descriptor)
        self.options = options
        self.ids = ids
    }

    private var stream: UInt64 { ids.lowerBound + max(asked, 1) - 1 }

    /// Reads and writes what is possible; what is wrong with a stream is counted and ends the connection.
    /// - Parameter mayAsk: whether another stream may begin.
    func advance(scratch: inout [UInt8], report: inout LoadReport, mayAsk: Bool) {
        do throws(LoadError) {
            if phase == .connecting, mayAsk { try ask() }
            guard wire.flush() else { throw LoadError("the connection broke") }
            while phase == .streaming {
                let reading = wire.read(into: &received, scratch: &scratch)
                guard reading != .nothing else { return }
                guard reading == .bytes else { throw LoadError("the connection ended at frame \(expected)") }
                try answer.read(&received)
                try takeFrames(&report)
                guard answer.state == .complete else { continue }
                guard sawDone, expected == UInt64(options.frames) else { throw LoadError("a clean end after frame \(expected)") }
                report.streams += 1
                if mayAsk, options.requests == 0 || asked < UInt64(options.requests) { try ask() } else { phase = .finished }
            }
        } catch {
            phase = .finished
            report.fail(.truncated, stream: stream, error.reason)
        }
    }

    /// Counts a stream that did not end in time.
    func abandon(_ report: inout LoadReport) {
        guard phase != .finished else { return }
        phase = .finished
        report.fail(.truncated, stream: stream, "not over in time, at frame \(expected)")
    }

    private func ask() throws(LoadError) {
        asked += 1
        guard ids.contains(stream) else { throw LoadError("no stream number left") }
        (answer, expected, sawDone, phase) = (AnswerReader(), 0, false, .streaming)
        let query = "stream=\(stream)&frames=\(options.frames)&interval_ms=\(options.intervalMilliseconds)&bytes=\(options.bytes)"
        var text = "GET \(options.path)?\(query) HTTP/1.1\r\nHost: 127.0.0.1:\(options.port)\r\nAccept: text/event-stream\r\n"
        for header in options.headers { text += header + "\r\n" }
        askedAt = MonotonicClock.nanoseconds
        guard wire.send(Array((text + "\r\n").utf8)) else { throw LoadError("the connection broke") }
    }

    private func takeFrames(_ report: inout LoadReport) throws(LoadError) {
        let now = MonotonicClock.nanoseconds
        while let end = answer.body.firstRange(of: [10, 10]) {
            defer { answer.body.removeSubrange(..<end.upperBound) }
            let event = answer.body[..<end.upperBound]
            if event.elementsEqual(Frame.done) {
                sawDone = true
                continue
            }
            guard let frame = Frame(event), frame.stream == stream, event.count == options.bytes, !sawDone else {
                report.fail(.altered, stream: stream, "frame \(expected) came altered")
                expected += 1
                continue
            }
            if frame.number != expected {
                report.fail(frame.number > expected ? .lost : .reordered, stream: stream, "frame \(frame.number) came for \(expected)")
            }
            if expected == 0 { report.firsts.append(now - askedAt) }
            report.add(frame: now >= frame.sentAt ? now - frame.sentAt : 0)
            expected = frame.number + 1
            hasStarted = true
        }
    }
}
