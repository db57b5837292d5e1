import Foundation
import HTTPTransport
import Testing

@Suite struct HTTPClientTests {
    private let get = HTTPRequest(method: "GET", path: "/echo")

    @Test func aRefusedConnectionIsUnreachable() async throws {
        var server: TestServer? = try TestServer()
        let origin = try #require(server).origin
        server = nil
        let client = try HTTPClient(origin: origin)
        await #expect(throws: HTTPTransportError.unreachable(host: origin.description)) { try await client.send(get) }
    }

    @Test func anUnknownNameIsUnreachable() async throws {
        let client = try HTTPClient(origin: try HTTPOrigin.parse("http://nobody.localhost.invalid:1"), timeoutSeconds: 20)
        let error = await #expect(throws: HTTPTransportError.self) { try await client.send(get) }
        // A resolver that does not answer at all is a timeout.
        #expect(error == .unreachable(host: client.origin.description) || error == .timeout)
    }

    @Test(.timeLimit(.minutes(1))) func aServerThatDoesNotAnswerIsATimeout() async throws {
        let server = try TestServer()
        let client = try HTTPClient(origin: server.origin, timeoutSeconds: 1)
        await #expect(throws: HTTPTransportError.timeout) { try await client.send(HTTPRequest(method: "GET", path: "/hang")) }
    }

    @Test(.timeLimit(.minutes(1))) func aHandshakeThatDoesNotEndIsATimeout() async throws {
        let server = try TestServer(.mute)
        let client = try HTTPClient(origin: server.origin, connectTimeoutSeconds: 1, timeoutSeconds: 50)
        await #expect(throws: HTTPTransportError.timeout) { try await client.send(get) }
    }

    @Test(arguments: ["/body/1001", "/chunked-body/2"])
    func aBodyOverTheLimitIsRefused(_ path: String) async throws {
        let server = try TestServer()
        let client = try HTTPClient(origin: server.origin, bodyLimitBytes: 1_000)
        let request = HTTPRequest(method: "GET", path: path)
        await #expect(throws: HTTPTransportError.bodyTooLarge(limit: 1_000)) { try await client.send(request) }
        await #expect(throws: HTTPTransportError.bodyTooLarge(limit: 1_000)) { try await client.sendForSecret(request) }
        #expect(try await client.send(HTTPRequest(method: "GET", path: "/body/1000")).body.count == 1_000)
    }

    @Test func aRedirectIsAnAnswerAndNotFollowed() async throws {
        let server = try TestServer()
        let client = try HTTPClient(origin: server.origin)
        let response = try await client.send(HTTPRequest(method: "GET", path: "/redirect"))
        #expect(response.status == 302)
        #expect(response.header("location") == "/arrived")
        let arrivals = try await client.send(HTTPRequest(method: "GET", path: "/count/arrived"))
        #expect(arrivals.body == Array("0".utf8))
    }

    @Test(arguments: [
        "", "hello", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc",
        "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 5\r\n\r\nabcde",
        "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabcd\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nabc", "HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551617\r\n\r\na",
        "HTTP/1.1 200 OK\r\nContent-Length: 0x3\r\n\r\nabc", "HTTP/1.1 200 OK\r\nA: b\r\n folded\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\nContent-Length: 0\n\n", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
        "HTTP/1.1 2xx OK\r\n\r\n",
    ])
    func anAnswerThatDisagreesWithItsFramingIsRefused(_ answer: String) async throws {
        let server = try TestServer()
        let client = try HTTPClient(origin: server.origin, timeoutSeconds: 20)
        let hex = answer.utf8.map { String(format: "%02x", $0) }.joined()
        await #expect {
            try await client.send(HTTPRequest(method: "GET", path: "/raw/\(hex)"))
        } throws: { error in
            guard case HTTPTransportError.protocolError = error else { return false }
            return true
        }
        #expect(try await client.send(get).status == 200)
    }

    @Test func bytesAfterTheBodyAreNotPartOfIt() async throws {
        let server = try TestServer()
        let client = try HTTPClient(origin: server.origin)
        let hex = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nabHTTP/1.1 500 Evil\r\n\r\n".utf8.map { String(format: "%02x", $0) }.joined()
        #expect(try await client.send(HTTPRequest(method: "GET", path: "/raw/\(hex)")).body == Array("ab".utf8))
        #expect(try await client.send(get).status == 200)
    }

    @Test(arguments: ["POST", "PATCH"], [0, 5])
    func aRequestThatMayActTwiceIsNotRepeated(_ method: String, _ length: Int) async throws {
        let server = try TestServer()
        let client = try HTTPClient(origin: server.origin)
        _ = try await client.send(get)
        let body = HTTPBody.bytes([UInt8](repeating: 65, count: length))
        await #expect(throws: HTTPTransportError.self) {
            try await client.send(HTTPRequest(method: method, path: "/die-once/1", body: body))
        }
        #expect(try await client.send(HTTPRequest(method: "GET", path: "/count/die-once/1")).body == Array("1".utf8))
    }

    @Test func aRequestThatActsOnceIsRepeatedWhenAKeptConnectionIsDead() async throws {
        let server = try TestServer()
        let client = try HTTPClient(origin: server.origin)
        _ = try await client.send(get)
        let response = try await client.send(HTTPRequest(method: "PUT", path: "/die-once/2", body: .bytes([1, 2, 3])))
        #expect(response.body == Array("second".utf8))
    }

    @Test(.timeLimit(.minutes(1))) func cancellingTheTaskEndsTheTransfer() async throws {
        let server = try TestServer()
        let client = try HTTPClient(origin: server.origin, timeoutSeconds: 50)
        let started = ContinuousClock.now
        let task = Task { try await client.send(HTTPRequest(method: "GET", path: "/hang")) }
        try await Task.sleep(for: .milliseconds(300))
        task.cancel()
        await #expect(throws: HTTPTransportError.aborted) { try await task.value }
        #expect(ContinuousClock.now - started < .seconds(10))
    }

    @Test func aCancelledTaskSendsNothing() async throws {
        let server = try TestServer()
        let client = try HTTPClient(origin: server.origin)
        let task = Task {
            while !Task.isCancelled { await Task.yield() }
            return try await client.send(HTTPRequest(method: "GET", path: "/arrived"))
        }
        task.cancel()
        await #expect(throws: HTTPTransportError.aborted) { try await task.value }
        #expect(try await client.send(HTTPRequest(method: "GET", path: "/count/arrived")).body == Array("0".utf8))
    }

    @Test(arguments: ["GET", "POST", "PUT", "PATCH", "DELETE"])
    func sendsMethodPathHeadersAndBodyAsTheyAre(_ method: String) async throws {
        let server = try TestServer()
        let client = try HTTPClient(origin: server.origin)
        let request = HTTPRequest(
            method: method, path: "/echo/a%2fb/../c?x=1&y=%20", headers: [("X-Empty", ""), ("X-Twice", "1"), ("X-Twice", "2 3")],
            body: .bytes(Array("abc".utf8)))
        let response = try await client.send(request)
        let seen = try Echo(response)
        #expect(response.status == 200)
        #expect(response.headers.filter { $0.0.lowercased() == "x-twice" }.map(\.1) == ["1", "2"])
        #expect(seen.method == method)
        #expect(seen.path == "/echo/a%2fb/../c?x=1&y=%20")
        #expect(seen.values("X-Empty") == [""])
        #expect(seen.values("X-Twice") == ["1", "2 3"])
        #expect(seen.values("Content-Length") == ["3"])
        #expect(seen.values("Host") == ["127.0.0.1:\(server.port)"])
        #expect(seen.sha256 == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")  // FIPS 180-2, appendix B.1
        for name in ["Expect", "Content-Type", "Transfer-Encoding", "Accept-Encoding", "Cookie"] { #expect(seen.values(name) == []) }
    }

    @Test func anEmptyBodyHasALengthAndNoBodyHasNone() async throws {
        let server = try TestServer()
        let client = try HTTPClient(origin: server.origin)
        #expect(try Echo(await client.send(HTTPRequest(method: "POST", path: "/echo", body: .bytes([])))).values("Content-Length") == ["0"])
        #expect(try Echo(await client.send(get)).values("Content-Length") == [])
    }

    @Test func headHasNoBodyAndAnErrorStatusIsAnAnswer() async throws {
        let server = try TestServer()
        let client = try HTTPClient(origin: server.origin)
        let head = try await client.send(HTTPRequest(method: "HEAD", path: "/body/100"))
        #expect(head.body.isEmpty && head.header("Content-Length") == "100")
        let error = try await client.send(HTTPRequest(method: "GET", path: "/status/503"))
        #expect(error.status == 503 && error.body == Array("refused".utf8))
    }

    @Test(.timeLimit(.minutes(1))) func aLargeBodyIsSentWithoutWaitingForAContinue() async throws {
        let server = try TestServer()
        let client = try HTTPClient(origin: server.origin)
        let started = ContinuousClock.now
        let seen = try Echo(
            await client.send(HTTPRequest(method: "POST", path: "/echo", body: .bytes([UInt8](repeating: 7, count: 3 << 20)))))
        #expect(seen.length == 3 << 20 && seen.values("Expect") == [])
        #expect(ContinuousClock.now - started < .seconds(10))
    }

    @Test func sequentialRequestsShareAConnectionAndConcurrentOnesWork() async throws {
        let server = try TestServer()
        let client = try HTTPClient(origin: server.origin)
        let first = try Echo(await client.send(get)).connection
        #expect(try Echo(await client.send(get)).connection == first)
        let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<16 { group.addTask { try await client.send(HTTPRequest(method: "GET", path: "/events/1")).status } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(statuses == Array(repeating: 200, count: 16))
    }
}
