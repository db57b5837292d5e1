import Foundation
import Model
import NIOCore
import Testing

@testable import BlindProxy

/// Request bodies: who waits for whom, and how much of them is held.
@Suite struct UploadTests {
    private func fixture(
        tls: Bool = false, answer: String = "", reads: Bool = true, receive: @escaping TunnelUpstream.Receive = { _, _ in },
        _ change: (inout ProxyConfiguration) throws -> Void = { _ in }
    ) async throws -> (ProxyFixture, TunnelUpstream) {
        let upstream = try await TunnelUpstream(
            tls ? TestCertificates.shared.get().server : nil, answer: answer, reads: reads, receive: receive)
        let fixture = try await ProxyFixture(url: "\(tls ? "https" : "http")://localhost:\(upstream.port)", .init(), change)
        return (fixture, upstream)
    }

    private func end(_ fixture: ProxyFixture, _ upstream: TunnelUpstream) async {
        await fixture.proxy.stop()
        await upstream.stop()
    }

    private static let waiting = "Content-Length: 5\r\nExpect: 100-continue\r\n"
    private static let done: TunnelUpstream.Receive = { _, channel in channel.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok") }

    @Test func anUpstreamThatRefusesEarlyIsHeardBeforeTheBodyIsSent() async throws {
        let (fixture, upstream) = try await fixture(answer: "HTTP/1.1 413 Content Too Large\r\nContent-Length: 2\r\n\r\nno")
        let client = try fixture.client()
        client.send(fixture.head("POST /openai/v1", Self.waiting) + "\r\n")
        let answer = try client.readAnswer()
        #expect(answer.status == 413, "no 100 came before it")
        #expect(answer.text == "no")
        #expect(answer.field("connection") == "close", "whether a body follows is open, so nothing else may")
        #expect(client.isAtEnd())
        #expect(upstream.seen.bytes.isEmpty)
        #expect(try await upstream.wait { $0.open == 0 })
        await end(fixture, upstream)
    }

    @Test func theUpstreams100IsPassedOnAtOnce() async throws {
        let (fixture, upstream) = try await fixture(answer: "HTTP/1.1 100 Continue\r\nX-Interim: 1\r\n\r\n", receive: Self.done) {
            $0.limits.continueMilliseconds = 60_000
        }
        let client = try fixture.client()
        client.send(fixture.head("POST /openai/v1", Self.waiting) + "\r\n")
        #expect(try client.readHead() == "HTTP/1.1 100 Continue\r\n\r\n")
        client.send("hello")
        #expect(try client.readAnswer().text == "ok")
        #expect(upstream.seen.bytes == Array("hello".utf8))
        #expect(upstream.seen.heads.first?.contains("Expect: 100-continue\r\n") == true)
        await end(fixture, upstream)
    }

    @Test func aClientDoesNotWaitForEverForAnUpstreamThatSaysNothing() async throws {
        let (fixture, upstream) = try await fixture(receive: Self.done) { $0.limits.continueMilliseconds = 600 }
        let client = try fixture.client()
        let start = ContinuousClock.now
        client.send(fixture.head("POST /openai/v1", Self.waiting) + "\r\n")
        #expect(try client.readHead() == "HTTP/1.1 100 Continue\r\n\r\n")
        #expect(ContinuousClock.now - start > .milliseconds(450))
        client.send("hello")
        #expect(try client.readAnswer().text == "ok")
        await end(fixture, upstream)
    }

    @Test func aClientThatDoesNotWaitGetsNo100() async throws {
        let (fixture, upstream) = try await fixture(
            receive: { _, channel in
                channel.send("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            })
        let client = try fixture.client()
        client.send(fixture.head("POST /openai/v1", Self.waiting) + "\r\nhello")
        #expect(try client.readAnswer().status == 200)
        await end(fixture, upstream)
    }

    @Test func interimAnswersNobodyAskedForDoNotPass() async throws {
        let (fixture, upstream) = try await fixture(
            answer:
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        #expect(try fixture.get("/openai/v1").status == 200)
        await end(fixture, upstream)
    }

    @Test(arguments: [true, false])
    func anUpstreamThatDoesNotReadStopsTheClient(_ isChunked: Bool) async throws {
        let (fixture, upstream) = try await fixture(tls: true, reads: false)
        let client = try fixture.client()
        let framing = isChunked ? "Transfer-Encoding: chunked\r\n" : "Content-Length: 262144000\r\n"
        client.send(fixture.head("POST /openai/v1", framing) + "\r\n")
        let piece =
            Array((isChunked ? "10000\r\n" : "").utf8) + [UInt8](repeating: 7, count: 65_536) + Array((isChunked ? "\r\n" : "").utf8)
        let sent = Counter()
        Thread.detachNewThread {
            for _ in 0..<4_000 {
                client.send(piece)
                sent.add(1)
            }
        }
        try await Task.sleep(for: .seconds(2))
        let first = sent.value
        try await Task.sleep(for: .seconds(1))
        #expect(sent.value < 1_000, "250 MB were taken for an upstream that does not read")
        #expect(sent.value - first < 50, "the client was not stopped")
        client.close()
        await end(fixture, upstream)
    }
}
