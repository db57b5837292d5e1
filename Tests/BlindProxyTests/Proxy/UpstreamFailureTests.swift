import Model
import NIOCore
import Testing

@testable import BlindProxy

/// Upstreams that are dead, slow, broken or hostile.
@Suite struct UpstreamFailureTests {
    private func fixture(
        _ pair: TestCertificates.Pair? = nil, _ change: (inout ProxyConfiguration) throws -> Void = { _ in },
        script: @escaping TestUpstream.Script
    ) async throws -> (ProxyFixture, TestUpstream) {
        let upstream = try await TestUpstream(pair ?? TestCertificates.shared.get().server, script)
        return (try await ProxyFixture(url: "https://localhost:\(upstream.port)", SessionPolicy(), change), upstream)
    }

    @Test func nobodyListens() async throws {
        let (fixture, upstream) = try await fixture { _, _ in }
        await upstream.stop()
        let answer = try fixture.get("/openai/v1")
        #expect(answer.status == 502)
        #expect(answer.code == "upstream_unreachable")
        await fixture.stop(nil)
    }

    @Test func theNameDoesNotResolve() async throws {
        let fixture = try await ProxyFixture(url: "https://name.invalid")
        #expect(try fixture.get("/openai/v1").code == "upstream_unreachable")
        await fixture.stop(nil)
    }

    @Test(arguments: [false, true])
    func theCertificateIsNotForTheHostOrNotTrusted(_ isUntrusted: Bool) async throws {
        let certificates = try TestCertificates.shared.get()
        let (fixture, upstream) = try await fixture(isUntrusted ? certificates.untrusted : certificates.foreignName) { _, _ in }
        let answer = try fixture.get("/openai/v1")
        #expect(answer.status == 502)
        #expect(answer.code == "upstream_tls")
        #expect(upstream.requests.isEmpty)
        await fixture.stop(upstream)
    }

    @Test func anAddressIsLookedForAmongTheCertificatesAddresses() async throws {
        let certificates = try TestCertificates.shared.get()
        for (pair, status) in [(certificates.foreignName, 502), (certificates.server, 200)] {
            let upstream = try await TestUpstream(pair) { _, channel in channel.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") }
            let fixture = try await ProxyFixture(url: "https://127.0.0.1:\(upstream.port)")
            #expect(try fixture.get("/openai/v1").status == status)
            #expect(upstream.requests.count == (status == 200 ? 1 : 0))
            await fixture.stop(upstream)
        }
    }

    @Test(arguments: [(16, 200), (17, 502)])
    func interimAnswersWithoutEndAreNoAnswer(_ count: Int, _ status: Int) async throws {
        let (fixture, upstream) = try await fixture { _, channel in
            let hints = String(repeating: "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n", count: count)
            channel.send(hints + "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        }
        #expect(try fixture.get("/openai/v1").status == status)
        await fixture.stop(upstream)
    }

    @Test func anInterimAnswerWithABodyCannotHideAnotherAnswerInIt() async throws {
        let (fixture, upstream) = try await fixture { _, channel in
            let forged = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged"
            channel.send("HTTP/1.1 103 Early Hints\r\nContent-Length: \(forged.utf8.count)\r\n\r\n\(forged)")
        }
        let answer = try fixture.get("/openai/v1")
        #expect(answer.status == 502)
        #expect(answer.code == "upstream_protocol")
        await fixture.stop(upstream)
    }

    @Test func theUpstreamDoesNotSpeakTLS() async throws {
        let upstream = try await TestUpstream(nil) { _, _ in }
        let fixture = try await ProxyFixture(url: "https://localhost:\(upstream.port)") { $0.limits.connectSeconds = 2 }
        let answer = try fixture.get("/openai/v1")
        #expect([502, 504].contains(answer.status))
        #expect(upstream.requests.isEmpty)
        await fixture.stop(upstream)
    }

    @Test func theUpstreamNeverAnswers() async throws {
        let (fixture, upstream) = try await fixture(nil, { $0.limits.upstreamSeconds = 1 }) { _, _ in }
        let answer = try fixture.get("/openai/v1")
        #expect(answer.status == 504)
        #expect(answer.code == "upstream_timeout")
        try await StreamTests.expectClosed(upstream)
        await fixture.stop(upstream)
    }

    @Test func theUpstreamClosesInsteadOfAnswering() async throws {
        let (fixture, upstream) = try await fixture { _, channel in channel.close(promise: nil) }
        let answer = try fixture.get("/openai/v1")
        #expect(answer.status == 502)
        #expect(answer.code == "upstream_closed")
        #expect(upstream.requests.count == 1, "a request that was handed over is not sent again")
        await fixture.stop(upstream)
    }

    @Test(
        arguments: [
            "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhelloXX",
        ])
    func anAnswerThatBreaksOffIsNeverACleanEnd(_ answer: String) async throws {
        let (fixture, upstream) = try await fixture { _, channel in
            channel.send(answer)
            channel.eventLoop.scheduleTask(in: .milliseconds(100)) { channel.close(promise: nil) }
        }
        let broken = try fixture.get("/openai/v1")
        #expect(broken.status == 200)
        #expect(!broken.isComplete)
        await fixture.stop(upstream)
    }

    @Test(
        arguments: [
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello", "HTTP/1.1 200 OK\r\nX: a\nb\r\n\r\n",
            "nonsense\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\nhello", "HTTP/1.1 101 Switching Protocols\r\n\r\n",
        ])
    func anAnswerThatIsNotHTTPIsA502(_ answer: String) async throws {
        let (fixture, upstream) = try await fixture { _, channel in channel.send(answer) }
        let refused = try fixture.get("/openai/v1")
        #expect(refused.status == 502)
        #expect(refused.code == "upstream_protocol")
        try await StreamTests.expectClosed(upstream)
        await fixture.stop(upstream)
    }

    @Test func bytesBehindAnAnswerEndTheUpstreamConnection() async throws {
        let (fixture, upstream) = try await fixture { _, channel in
            channel.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil")
        }
        let client = try fixture.client()
        for _ in 0..<3 {
            client.send(fixture.head("GET /openai/v1") + "\r\n")
            #expect(try client.readAnswer().text == "ok")
        }
        #expect(upstream.connections == 3)
        await fixture.stop(upstream)
    }

    @Test func aPooledConnectionThatEndedIsNotUsed() async throws {
        let (fixture, upstream) = try await fixture { _, channel in
            channel.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            channel.eventLoop.scheduleTask(in: .milliseconds(50)) { channel.close(promise: nil) }
        }
        #expect(try fixture.get("/openai/v1").text == "ok")
        try await StreamTests.expectClosed(upstream)
        #expect(try fixture.get("/openai/v1").text == "ok")
        #expect(upstream.connections == 2)
        await fixture.stop(upstream)
    }

    @Test func anEarlyAnswerToALongBodyArrives() async throws {
        let upstream = try await EarlyUpstream()
        let fixture = try await ProxyFixture(url: "http://127.0.0.1:\(upstream.port)")
        let client = try fixture.client()
        client.send(fixture.head("POST /openai/v1", "Content-Length: 50000\r\n") + "\r\n" + String(repeating: "x", count: 10_000))
        #expect(try client.readAnswer().status == 413)
        client.send(String(repeating: "x", count: 40_000) + fixture.head("POST /openai/v1", "Content-Length: 50000\r\n") + "\r\n")
        #expect(try client.readAnswer().status == 413)
        await fixture.stop(nil)
        await upstream.stop()
    }

    @Test func drainingRefusesNewCallsAndWaitsForRunningOnes() async throws {
        let (fixture, upstream) = try await fixture { _, channel in
            channel.eventLoop.scheduleTask(in: .milliseconds(800)) { channel.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone") }
        }
        let running = try fixture.client()
        running.send(fixture.head("GET /openai/v1") + "\r\n" + fixture.head("GET /openai/v1") + "\r\n")
        for _ in 0..<100 where upstream.requests.isEmpty { try await Task.sleep(for: .milliseconds(20)) }
        async let drained: Void = fixture.proxy.drain(seconds: 5)
        #expect(try running.readAnswer().text == "done")
        await drained
        #expect(throws: RawClient.SocketError.self) { try fixture.client() }
        await fixture.stop(upstream)
    }
}
