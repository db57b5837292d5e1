import Foundation
import Model
import NIOCore
import Testing

@testable import BlindProxy

/// What reaches the upstream, and what comes back.
@Suite struct ForwardTests {
    /// Answers with the request's body, in chunks for targets that contain `chunked`.
    static let echo: TestUpstream.Script = { request, channel in
        if request.target.contains("chunked") {
            channel.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X\r\n\r\n")
            for start in stride(from: 0, to: request.body.count, by: 1_000) {
                let piece = Array(request.body[start..<min(start + 1_000, request.body.count)])
                channel.send(Array("\(String(piece.count, radix: 16));ext=1\r\n".utf8) + piece + [13, 10])
            }
            channel.send("0\r\nX: trailer\r\n\r\n")
        } else {
            channel.send(Array("HTTP/1.1 200 OK\r\nContent-Type: x/y\r\nContent-Length: \(request.body.count)\r\n\r\n".utf8) + request.body)
        }
    }

    private func fixture(
        tls: Bool = true, _ injection: Injection = .header(name: "authorization", prefix: "Bearer ", suffix: ""),
        _ script: @escaping TestUpstream.Script = echo
    ) async throws -> (ProxyFixture, TestUpstream) {
        let upstream = try await TestUpstream(tls ? TestCertificates.shared.get().server : nil, script)
        return (try await ProxyFixture(url: "\(tls ? "https" : "http")://localhost:\(upstream.port)", injection: injection), upstream)
    }

    @Test(arguments: [true, false])
    func theKeyArrivesAndTheTokenDoesNot(_ tls: Bool) async throws {
        let (fixture, upstream) = try await fixture(tls: tls)
        let client = try fixture.client()
        client.send(
            fixture.head("POST /openai/v1/chat?x=1", "Connection: X-Hop\r\nX-Hop: 1\r\nCookie: a=b\r\nX-Kept: yes\r\nContent-Length: 5\r\n")
                + "\r\nhello")
        let answer = try client.readAnswer()
        #expect(answer.status == 200)
        #expect(answer.text == "hello")
        #expect(answer.field("tacit-key") == "openai@1")
        #expect(answer.field("tacit-request-id")?.count == 22)
        let request = try #require(upstream.requests.first)
        #expect(request.target == "/v1/chat?x=1")
        #expect(request.field("authorization") == "Bearer \(ProxyFixture.value)")
        #expect(request.field("host") == "localhost:\(upstream.port)")
        #expect(request.field("accept-encoding") == "identity")
        #expect(request.field("x-kept") == "yes")
        #expect(request.field("x-hop") == nil && request.field("cookie") == nil && request.field("connection") == nil)
        #expect(!request.head.contains("tct_"))
        #expect(request.body == Array("hello".utf8))
        await fixture.stop(upstream)
    }

    @Test func injectsWhereTheKeySays() async throws {
        let (query, first) = try await fixture(.query(name: "key"))
        _ = try query.get("/openai/v1?alt=sse")
        #expect(first.requests.first?.target == "/v1?alt=sse&key=\(ProxyFixture.value)")
        await query.stop(first)
        let (named, second) = try await fixture(.header(name: "x-api-key", prefix: "", suffix: ""))
        _ = try named.get("/openai/v1")
        #expect(second.requests.first?.field("x-api-key") == ProxyFixture.value)
        #expect(second.requests.first?.field("authorization") == nil)
        await named.stop(second)
    }

    @Test(arguments: [0, 1, 1_000, 65_536, 3_000_000])
    func bodiesWithALengthAreByteIdenticalBothWays(_ count: Int) async throws {
        let (fixture, upstream) = try await fixture()
        let body = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 >> 8) }
        let client = try fixture.client()
        client.send(Array((fixture.head("POST /openai/v1", "Content-Length: \(count)\r\n") + "\r\n").utf8))
        // Sent beside the reading: neither side holds the whole body.
        Thread.detachNewThread { client.send(body) }
        let answer = try client.readAnswer()
        #expect(answer.body == body)
        #expect(upstream.requests.first?.body == body)
        #expect(upstream.requests.first?.field("content-length") == "\(count)")
        await fixture.stop(upstream)
    }

    @Test func chunkedBodiesAreByteIdenticalBothWaysWithoutTrailers() async throws {
        let (fixture, upstream) = try await fixture()
        let body = (0..<50_000).map { UInt8(truncatingIfNeeded: $0 &* 13) }
        let client = try fixture.client()
        client.send(fixture.head("POST /openai/chunked", "Transfer-Encoding: chunked\r\n") + "\r\n")
        for start in stride(from: 0, to: body.count, by: 7_001) {
            let piece = Array(body[start..<min(start + 7_001, body.count)])
            client.send(Array("\(String(piece.count, radix: 16));x=y\r\n".utf8) + piece + [13, 10])
        }
        client.send("0\r\nX-Trailer: dropped\r\n\r\n")
        let answer = try client.readAnswer()
        #expect(answer.body == body)
        #expect(answer.isComplete)
        #expect(answer.field("trailer") == nil)
        let request = try #require(upstream.requests.first)
        #expect(request.body == body)
        #expect(request.field("transfer-encoding") == "chunked")
        #expect(!String(decoding: request.rawBody, as: UTF8.self).contains("dropped"))
        await fixture.stop(upstream)
    }

    @Test func oneConnectionServesRequestAfterRequest() async throws {
        let (fixture, upstream) = try await fixture()
        let client = try fixture.client()
        for number in 0..<20 {
            client.send(fixture.head("POST /openai/v1", "Content-Length: 2\r\n") + "\r\n\(number % 10)x")
            #expect(try client.readAnswer().text == "\(number % 10)x")
        }
        #expect(upstream.connections == 1)
        #expect(upstream.requests.count == 20)
        let usage = try await fixture.usage(of: 20)
        #expect(usage.reduce(0) { $0 + $1.bytesUp } == 40)
        #expect(usage.reduce(0) { $0 + $1.bytesDown } == 40)
        #expect(usage.reduce(0) { $0 + $1.exposureMicroseconds } > 0)
        await fixture.stop(upstream)
    }

    @Test func pipelinedRequestsAreAnsweredInOrder() async throws {
        let (fixture, upstream) = try await fixture()
        let client = try fixture.client()
        let requests = (0..<5).map { fixture.head("POST /openai/v1", "Content-Length: 1\r\n") + "\r\n\($0)" }
        client.send(requests.joined() + "GET /openai/v1 HTTP/1.1\r\nHost: 127.0.0.1:\(fixture.port)\r\n\r\n")
        for number in 0..<5 { #expect(try client.readAnswer().text == "\(number)") }
        #expect(try client.readAnswer().code == "token_missing")
        await fixture.stop(upstream)
    }

    @Test func aHeadSentByteByByteIsTheSameRequest() async throws {
        let (fixture, upstream) = try await fixture()
        let client = try fixture.client()
        for byte in Array((fixture.head("POST /openai/v1", "Content-Length: 3\r\n") + "\r\nabc").utf8) { client.send([byte]) }
        #expect(try client.readAnswer().text == "abc")
        await fixture.stop(upstream)
    }

    @Test func aClientThatWaitsForA100GetsOneUnlessItsTokenIsRefused() async throws {
        let (fixture, upstream) = try await fixture()
        let client = try fixture.client()
        client.send(fixture.head("POST /openai/v1", "Content-Length: 3\r\nExpect: 100-continue\r\n") + "\r\n")
        #expect(try client.readHead() == "HTTP/1.1 100 Continue\r\n\r\n")
        client.send("abc")
        #expect(try client.readAnswer().text == "abc")
        let refused = try fixture.client()
        refused.send(
            fixture.head(
                "POST /openai/v1", token: "tct_" + String(repeating: "A", count: 64), "Content-Length: 3\r\nExpect: 100-continue\r\n")
                + "\r\n")
        #expect(try refused.readAnswer().status == 401)
        await fixture.stop(upstream)
    }

    @Test func answersWithoutABodyEndWithTheirHead() async throws {
        let (fixture, upstream) = try await fixture { request, channel in
            switch request.target {
            case "/head": channel.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n")
            case "/204": channel.send("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n")
            default: channel.send("HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n")
            }
        }
        let client = try fixture.client()
        client.send(fixture.head("HEAD /openai/head") + "\r\n")
        #expect(try client.readAnswer(toHead: true).field("content-length") == "5")
        client.send(fixture.head("GET /openai/204") + "\r\n")
        #expect(try client.readAnswer().status == 204)
        client.send(fixture.head("GET /openai/304") + "\r\n")
        #expect(try client.readAnswer().status == 304)
        #expect(upstream.connections == 1)
        await fixture.stop(upstream)
    }

    @Test func anAnswerThatLastsUntilTheEndBecomesChunks() async throws {
        let (fixture, upstream) = try await fixture { _, channel in
            channel.send("HTTP/1.1 200 OK\r\n\r\nall of it")
            channel.close(promise: nil)
        }
        let answer = try fixture.get("/openai/v1")
        #expect(answer.text == "all of it")
        #expect(answer.isComplete)
        #expect(answer.field("transfer-encoding") == "chunked")
        let old = try fixture.client()
        old.send("GET /openai/v1 HTTP/1.0\r\nHost: 127.0.0.1:\(fixture.port)\r\nx-api-key: \(fixture.token)\r\n\r\n")
        let closed = try old.readAnswer()
        #expect(closed.field("connection") == "close")
        await fixture.stop(upstream)
    }

    @Test func redirectsInsideAreRewrittenAndOthersRefused() async throws {
        let (fixture, upstream) = try await fixture { request, channel in
            let location = request.target == "/in" ? "/v1/there?x" : "https://evil.example/steal"
            channel.send("HTTP/1.1 307 Temporary Redirect\r\nLocation: \(location)\r\nContent-Length: 0\r\n\r\n")
        }
        let inside = try fixture.get("/openai/in")
        #expect(inside.status == 307)
        #expect(inside.field("location") == "/openai/v1/there?x")
        let outside = try fixture.get("/openai/out")
        #expect(outside.status == 502)
        #expect(outside.code == "redirect_refused")
        #expect(outside.field("location") == nil)
        #expect(!outside.text.contains("evil"))
        await fixture.stop(upstream)
    }

    @Test func echoesOfTheKeyAreOverwritten() async throws {
        let (fixture, upstream) = try await fixture { request, channel in
            let key = (request.field("authorization") ?? "").dropFirst(7)
            let text = "you sent \(key)!"
            channel.send("HTTP/1.1 200 OK\r\nX-Debug: \(key)\r\nTransfer-Encoding: chunked\r\n\r\n")
            for character in text { channel.send("1\r\n\(character)\r\n") }
            channel.send("0\r\n\r\n")
        }
        let answer = try fixture.get("/openai/v1")
        let stars = String(repeating: "*", count: ProxyFixture.value.count)
        #expect(answer.text == "you sent \(stars)!")
        #expect(answer.field("x-debug") == stars)
        #expect(try await fixture.usage(of: 1).reduce(0) { $0 + $1.redactions } == 2)
        await fixture.stop(upstream)
    }

    @Test func theListenerSpeaksTLS() async throws {
        let upstream = try await TestUpstream(TestCertificates.shared.get().server, Self.echo)
        let pair = try TestCertificates.shared.get().server
        let fixture = try await ProxyFixture(url: "https://localhost:\(upstream.port)") {
            $0.tlsCertificateFile = pair.certificate
            $0.tlsKeyFile = pair.key
        }
        let client = try await TLSClient(port: fixture.port, authority: TestCertificates.shared.get().authority)
        for _ in 0..<3 {
            let answer = try await client.exchange(fixture.head("POST /openai/v1", "Content-Length: 2\r\n") + "\r\nok")
            #expect(answer.hasSuffix("\r\n\r\nok"))
        }
        await client.stop()
        await fixture.stop(upstream)
    }
}
