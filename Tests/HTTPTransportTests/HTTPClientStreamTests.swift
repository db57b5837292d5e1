import HTTPTransport
import Synchronization
import Testing

@Suite struct HTTPClientStreamTests {
    private final class Record: Sendable {
        private let state = Mutex<(status: Int?, pieces: [(text: String, at: ContinuousClock.Instant)])>((nil, []))
        var status: Int? { state.withLock { $0.status } }
        var text: String { state.withLock { $0.pieces.map(\.text).joined() } }
        var times: [ContinuousClock.Instant] { state.withLock { $0.pieces.map(\.at) } }
        func begin(_ head: HTTPResponseHead) { state.withLock { $0.status = head.status } }
        func add(_ bytes: [UInt8], then next: HTTPStreamControl = .proceed) -> HTTPStreamControl {
            state.withLock { $0.pieces.append((String(decoding: bytes, as: UTF8.self), .now)) }
            return next
        }
    }

    @Test(.timeLimit(.minutes(1))) func silenceInTheMiddleIsATimeoutAfterTheFirstPiece() async throws {
        let server = try TestServer()
        let client = try HTTPClient(origin: server.origin, timeoutSeconds: 1)
        let record = Record()
        await #expect(throws: HTTPTransportError.timeout) {
            try await client.stream(HTTPRequest(method: "GET", path: "/stall"), onHead: record.begin) { record.add($0) }
        }
        #expect(record.status == 200)
        #expect(record.text == "data: first\n\n")
    }

    @Test(.timeLimit(.minutes(1))) func cancellingTheTaskEndsAStream() async throws {
        let server = try TestServer()
        let client = try HTTPClient(origin: server.origin, timeoutSeconds: 50)
        let task = Task { try await client.stream(HTTPRequest(method: "GET", path: "/stall")) { _ in .proceed } }
        try await Task.sleep(for: .milliseconds(300))
        task.cancel()
        await #expect(throws: HTTPTransportError.aborted) { try await task.value }
    }

    @Test(.timeLimit(.minutes(1))) func theReaderCanStopAStream() async throws {
        let server = try TestServer()
        let client = try HTTPClient(origin: server.origin, timeoutSeconds: 50)
        let record = Record()
        await #expect(throws: HTTPTransportError.aborted) {
            try await client.stream(HTTPRequest(method: "GET", path: "/stall")) { record.add($0, then: .stop) }
        }
        #expect(record.text == "data: first\n\n")
    }

    @Test func aStreamThatEndsEarlyIsAnErrorAfterItsPieces() async throws {
        let server = try TestServer()
        let client = try HTTPClient(origin: server.origin)
        let hex = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n".utf8.map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
        let record = Record()
        let error = await #expect(throws: HTTPTransportError.self) {
            try await client.stream(HTTPRequest(method: "GET", path: "/raw/\(hex)")) { record.add($0) }
        }
        guard case .protocolError = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(record.text == "abc")
    }

    @Test(.timeLimit(.minutes(1))) func piecesArriveWhenTheyAreSentAndMayTakeLongerThanTheTimeout() async throws {
        let server = try TestServer()
        let client = try HTTPClient(origin: server.origin, timeoutSeconds: 3)
        let record = Record()
        let head = try await client.stream(HTTPRequest(method: "POST", path: "/events/20", body: .bytes([1])), onHead: record.begin) {
            record.add($0)
        }
        #expect(head.status == 200 && record.status == 200)
        #expect(head.header("content-type") == "text/event-stream")
        #expect(record.text == (0..<20).map { "data: \($0)\n\n" }.joined())
        let times = record.times
        #expect(try #require(times.last) - #require(times.first) > .seconds(3))
    }

    @Test func aStreamIsNotBoundByTheBodyLimit() async throws {
        let server = try TestServer()
        let client = try HTTPClient(origin: server.origin, bodyLimitBytes: 10)
        let record = Record()
        _ = try await client.stream(HTTPRequest(method: "GET", path: "/body/100000")) { record.add($0) }
        #expect(record.text.utf8.count == 100_000)
    }
}
