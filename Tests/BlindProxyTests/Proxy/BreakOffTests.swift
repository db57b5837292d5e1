import NIOCore
import Testing

@testable import BlindProxy

/// An upstream that ends in the middle of an answer: whatever the framing and the way, the client never sees a clean end.
@Suite struct BreakOffTests {
    enum Framing: String, CaseIterable, Sendable {
        case length = "Content-Length: 100\r\n\r\nhello"
        case chunked = "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"
        case untilClose = "\r\nhello"
    }

    private func fixture(tls: Bool, _ framing: Framing, _ end: BreakOff) async throws -> (ProxyFixture, TestUpstream) {
        let upstream = try await TestUpstream(tls ? TestCertificates.shared.get().server : nil) { _, channel in
            channel.send("HTTP/1.1 200 OK\r\n\(framing.rawValue)")
            channel.eventLoop.scheduleTask(in: .milliseconds(50)) { end.end(channel) }
        }
        return (try await ProxyFixture(url: "\(tls ? "https" : "http")://localhost:\(upstream.port)"), upstream)
    }

    /// Only a connection's proper end completes an answer that lasts until then; without TLS its loss looks the same, a reset does not.
    private func isWhole(tls: Bool, _ framing: Framing, _ end: BreakOff) -> Bool {
        framing == .untilClose && (end == .proper || (end == .truncated && !tls))
    }

    @Test(arguments: Framing.allCases, BreakOff.allCases)
    func aClientOfHTTP11SeesThatTheLastChunkIsMissing(_ framing: Framing, _ end: BreakOff) async throws {
        for tls in [true, false] {
            let (fixture, upstream) = try await fixture(tls: tls, framing, end)
            let answer = try fixture.get("/openai/v1")
            #expect(answer.status == 200)
            #expect(answer.isComplete == isWhole(tls: tls, framing, end), "tls: \(tls)")
            await fixture.stop(upstream)
        }
    }

    @Test(arguments: [Framing.chunked, .untilClose], BreakOff.allCases)
    func aClientOfHTTP10SeesAReset(_ framing: Framing, _ end: BreakOff) async throws {
        for tls in [true, false] {
            let (fixture, upstream) = try await fixture(tls: tls, framing, end)
            let client = try fixture.client()
            client.send("GET /openai/v1 HTTP/1.0\r\nHost: 127.0.0.1:\(fixture.port)\r\nx-api-key: \(fixture.token)\r\n\r\n")
            let (bytes, isReset) = client.readToEnd()
            #expect(isReset != isWhole(tls: tls, framing, end), "tls: \(tls)")
            if !isReset { #expect(String(decoding: bytes, as: UTF8.self).hasSuffix("hello")) }
            await fixture.stop(upstream)
        }
    }

    @Test(arguments: BreakOff.allCases)
    func aClientOfHTTP10OverTLSGetsNoCleanEnd(_ end: BreakOff) async throws {
        let upstream = try await TestUpstream(TestCertificates.shared.get().server) { _, channel in
            channel.send("HTTP/1.1 200 OK\r\n\(Framing.untilClose.rawValue)")
            channel.eventLoop.scheduleTask(in: .milliseconds(50)) { end.end(channel) }
        }
        let pair = try TestCertificates.shared.get().server
        let fixture = try await ProxyFixture(url: "https://localhost:\(upstream.port)") {
            $0.tlsCertificateFile = pair.certificate
            $0.tlsKeyFile = pair.key
        }
        let client = try await TLSClient(port: fixture.port, authority: TestCertificates.shared.get().authority)
        let isClean = try await client.exchangeToEnd(
            "GET /openai/v1 HTTP/1.0\r\nHost: 127.0.0.1:\(fixture.port)\r\nx-api-key: \(fixture.token)\r\n\r\n")
        #expect(isClean == (end == .proper))
        await client.stop()
        await fixture.stop(upstream)
    }
}
