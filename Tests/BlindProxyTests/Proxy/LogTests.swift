import Logging
import Model
import Testing

@testable import BlindProxy

/// What the data plane writes into the log: our own words and numbers, nothing a peer sent.
@Suite struct LogTests {
    private static let canary = "canary-of-a-peer"

    @Test func noLineCarriesWhatAPeerSent() async throws {
        let capture = LogCapture()
        let upstream = try await TestUpstream(TestCertificates.shared.get().server) { request, channel in
            let status = request.target.contains("redirect") ? "302 \(Self.canary)" : "200 \(Self.canary)"
            channel.send(
                "HTTP/1.1 \(status)\r\nX-\(Self.canary): \(Self.canary)\r\nLocation: https://\(Self.canary)/\r\nContent-Length: 16\r\n\r\n\(Self.canary)"
            )
        }
        let fixture = try await ProxyFixture(url: "https://localhost:\(upstream.port)", logger: capture.logger)
        let field = "X-\(Self.canary): \(Self.canary)\r\n"
        #expect(try fixture.get("/openai/\(Self.canary)?q=\(Self.canary)", field).status == 200)
        #expect(try fixture.get("/openai/redirect/\(Self.canary)", field).code == "redirect_refused")
        #expect(try fixture.get("/\(Self.canary)/v1", field).status == 404)
        #expect(try fixture.get("/openai/../\(Self.canary)", field).status == 400)
        #expect(try fixture.get("/openai/\(Self.canary)", token: Self.canary).code == "token_malformed")
        #expect(try fixture.get("/openai/v1", "Origin: https://\(Self.canary)\r\n").status == 403)
        for head in [
            "GET /openai/v1 HTTP/1.1\r\nHost: \(Self.canary)\r\n\r\n", "\(Self.canary)\r\n\r\n", "GET /\(Self.canary) HTTP/9.9\r\n\r\n",
        ] {
            let client = try fixture.client()
            client.send(head)
            _ = try client.readAnswer()
        }
        _ = try await fixture.usage(of: 2)
        await fixture.stop(upstream)
        let lines = capture.lines
        #expect(lines.count { $0.message == "call" } == 2)
        #expect(lines.count { $0.message == "refused" } == 7)
        #expect(
            lines.contains { $0.message == "requests refused" && $0.metadata["code"] == "token_malformed" && $0.metadata["count"] == "1" })
        #expect(lines.contains { $0.message == "calls failed" && $0.metadata["code"] == "redirect_refused" && $0.level == .info })
        for line in lines {
            let text = "\(line)"
            #expect(!text.contains(Self.canary) && !text.contains("tct_") && !text.contains(ProxyFixture.value), "\(text)")
            #expect(LogField.names.isSuperset(of: line.metadata.keys), "\(text)")
        }
    }

    @Test func aLineOfACallNamesItByOurIds() async throws {
        let capture = LogCapture()
        let upstream = try await TestUpstream(TestCertificates.shared.get().server, ForwardTests.echo)
        let fixture = try await ProxyFixture(url: "https://localhost:\(upstream.port)", logger: capture.logger)
        let answer = try fixture.get("/openai/v1")
        _ = try await fixture.usage(of: 1)
        await fixture.stop(upstream)
        let line = try #require(capture.lines.first { $0.message == "call" })
        #expect(line.level == .debug)
        #expect(line.metadata["request.id"] == answer.field("tacit-request-id"))
        #expect(line.metadata["key.id"] == "\(fixture.key.id)")
        #expect(line.metadata["session.id"] == "\(fixture.session.id)")
        #expect(line.metadata["status"] == "200")
    }

    @Test func echoesAndRefusalsComeAsSumsNowAndThen() async throws {
        let capture = LogCapture()
        var logger = capture.logger
        logger.logLevel = .info
        let upstream = try await TestUpstream(TestCertificates.shared.get().server) { _, channel in
            channel.send("HTTP/1.1 200 OK\r\nContent-Length: \(ProxyFixture.value.utf8.count)\r\n\r\n\(ProxyFixture.value)")
        }
        let fixture = try await ProxyFixture(url: "https://localhost:\(upstream.port)", logger: logger) { $0.limits.logSummarySeconds = 1 }
        for _ in 0..<5 { _ = try fixture.get("/openai/v1") }
        for _ in 0..<200 { #expect(try fixture.get("/openai/v1", token: "wrong").status == 401) }
        for _ in 0..<100 where !capture.lines.contains(where: { $0.metadata["code"] == "token_malformed" }) {
            try await Task.sleep(for: .milliseconds(50))
        }
        await fixture.stop(upstream)
        let refused = capture.lines.filter { $0.message == "requests refused" }
        #expect(refused.compactMap { Int($0.metadata["count"] ?? "") }.reduce(0, +) == 200)
        #expect(refused.count < 20)
        let echoes = capture.lines.filter { $0.message == "echoes of keys redacted" }
        #expect(echoes.compactMap { Int($0.metadata["count"] ?? "") }.reduce(0, +) == 5)
        #expect(echoes.allSatisfy { $0.level == .notice })
        #expect(!capture.lines.contains { $0.level < .info })
    }
}
