import NIOCore
import Testing

@testable import BlindProxy

/// The end of the broker, as clients see it.
@Suite struct DrainTests {
    /// A stream without an end; targets that contain `silent` get no answer.
    private static let stream: TestUpstream.Script = { request, channel in
        guard !request.target.contains("silent") else { return }
        channel.send("HTTP/1.1 200 OK\r\n\(request.target.contains("close") ? "" : "Transfer-Encoding: chunked\r\n")\r\n")
        @Sendable func more() {
            guard channel.isActive else { return }
            channel.send(request.target.contains("close") ? "abc" : "3\r\nabc\r\n")
            channel.eventLoop.scheduleTask(in: .milliseconds(50)) { more() }
        }
        more()
    }

    private func fixture() async throws -> (ProxyFixture, TestUpstream) {
        let upstream = try await TestUpstream(nil, Self.stream)
        return (try await ProxyFixture(url: "http://localhost:\(upstream.port)"), upstream)
    }

    @Test func theDeadlineEndsWhatStillRunsAndNothingOfItLooksWhole() async throws {
        let (fixture, upstream) = try await fixture()
        let chunked = try fixture.client()
        chunked.send(fixture.head("GET /openai/v1") + "\r\n")
        let untilClose = try fixture.client()
        untilClose.send("GET /openai/close HTTP/1.0\r\nHost: 127.0.0.1:\(fixture.port)\r\nx-api-key: \(fixture.token)\r\n\r\n")
        let silent = try fixture.client()
        silent.send(fixture.head("GET /openai/silent") + "\r\n")
        for _ in 0..<200 where upstream.requests.count < 3 { try await Task.sleep(for: .milliseconds(10)) }
        #expect(try chunked.readHead().hasPrefix("HTTP/1.1 200"))
        #expect(try untilClose.readHead().hasPrefix("HTTP/1.1 200"))
        let start = ContinuousClock.now
        await fixture.proxy.drain(seconds: 1)
        #expect((Duration.milliseconds(900)..<Duration.seconds(3)).contains(ContinuousClock.now - start))
        #expect(upstream.open == 3, "running calls had their time")
        await fixture.proxy.stop()
        #expect(ContinuousClock.now - start < .seconds(5))
        let (bytes, _) = chunked.readToEnd()
        #expect(!String(decoding: bytes, as: UTF8.self).hasSuffix("0\r\n\r\n"))
        #expect(untilClose.readToEnd().isReset)
        let answer = try silent.readAnswer()
        #expect(answer.status == 503)
        #expect(answer.code == "draining")
        await upstream.stop()
    }

    @Test func aRequestThatIsNotThereAsAWholeIsRefused() async throws {
        let (fixture, upstream) = try await fixture()
        let running = try fixture.client()
        running.send(fixture.head("GET /openai/v1") + "\r\n")
        _ = try running.readHead()
        let half = try fixture.client()
        half.send(fixture.head("GET /openai/v1"))
        let idle = try fixture.client()
        func areThere() async -> Bool {
            await fixture.proxy.onEachLoop { loop in
                loop.clients.count == 3 && loop.clients.values.count { $0.inbox.count > 0 } == 1
            } == [true]
        }
        for _ in 0..<200 where await !areThere() { try await Task.sleep(for: .milliseconds(10)) }
        #expect(await areThere())
        async let drained: Void = fixture.proxy.drain(seconds: 2)
        let answer = try half.readAnswer()
        #expect(answer.status == 503)
        #expect(answer.code == "draining")
        #expect(answer.field("retry-after") == "5")
        #expect(half.isAtEnd())
        #expect(idle.isAtEnd())
        #expect(throws: RawClient.SocketError.self) { try fixture.client() }
        #expect(!running.readSome().isEmpty, "the stream goes on meanwhile")
        running.close()
        await drained
        await fixture.stop(upstream)
    }
}
