import Model
import NIOCore
import Sessions
import Testing

@testable import BlindProxy

/// Streams, and how they end.
@Suite struct StreamTests {
    /// Sends a frame each 100 ms, `count` of them.
    private static func frames(_ count: Int) -> TestUpstream.Script {
        { _, channel in
            channel.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
            let bound = channel
            @Sendable func next(_ number: Int) {
                guard number < count, bound.isActive else { return bound.send("0\r\n\r\n") }
                let frame = "data: \(number)\n\n"
                bound.send("\(String(frame.utf8.count, radix: 16))\r\n\(frame)\r\n")
                bound.eventLoop.scheduleTask(in: .milliseconds(100)) { next(number + 1) }
            }
            next(0)
        }
    }

    private func fixture(lifetimeSeconds: UInt64 = 3_600, _ script: @escaping TestUpstream.Script) async throws -> (
        ProxyFixture, TestUpstream
    ) {
        let upstream = try await TestUpstream(TestCertificates.shared.get().server, script)
        return (try await ProxyFixture(url: "https://localhost:\(upstream.port)", lifetimeSeconds: lifetimeSeconds), upstream)
    }

    @Test func framesLeaveWhenTheyCome() async throws {
        let (fixture, upstream) = try await fixture(Self.frames(10))
        let client = try fixture.client()
        client.send(fixture.head("GET /openai/v1") + "\r\n")
        _ = try client.readHead()
        var arrivals: [ContinuousClock.Instant] = []
        var text = ""
        while !text.hasSuffix("0\r\n\r\n") {
            let piece = client.readSome()
            guard !piece.isEmpty else { break }
            arrivals.append(.now)
            text += String(decoding: piece, as: UTF8.self)
        }
        #expect((0..<10).allSatisfy { text.contains("data: \($0)\n\n") })
        #expect(arrivals.count >= 8, "frames were held back and came together")
        await fixture.stop(upstream)
    }

    @Test func revokingTheSessionEndsARunningStreamWithinASecond() async throws {
        let (fixture, upstream) = try await fixture(Self.frames(600))
        let client = try fixture.client()
        client.send(fixture.head("GET /openai/v1") + "\r\n")
        _ = try client.readHead()
        _ = client.readSome()
        fixture.table.end(session: fixture.session.id)
        let start = ContinuousClock.now
        let rest = try Self.readToEnd(client)
        #expect(ContinuousClock.now - start < .seconds(1))
        #expect(!rest.hasSuffix("0\r\n\r\n"), "a stream cut off must not look complete")
        try await Self.expectClosed(upstream)
        #expect(try fixture.get("/openai/v1").code == "session_revoked")
        await fixture.stop(upstream)
    }

    @Test func expiryEndsARunningStream() async throws {
        let (fixture, upstream) = try await fixture(lifetimeSeconds: 6, Self.frames(600))
        let client = try fixture.client()
        client.send(fixture.head("GET /openai/v1") + "\r\n")
        #expect(try client.readHead().hasPrefix("HTTP/1.1 200"))
        _ = try Self.readToEnd(client)
        let late = Int(SystemClock.seconds()) - Int(fixture.session.expiresAt)
        #expect((0...1).contains(late))
        #expect(try fixture.get("/openai/v1").code == "session_expired")
        await fixture.stop(upstream)
    }

    @Test func aRevokedKeyAnswersACallThatStillWaits() async throws {
        let (fixture, upstream) = try await fixture { _, _ in }
        let client = try fixture.client()
        client.send(fixture.head("GET /openai/v1") + "\r\n")
        for _ in 0..<100 where upstream.requests.isEmpty { try await Task.sleep(for: .milliseconds(20)) }
        fixture.table.end(key: fixture.key.id, account: fixture.key.accountID)
        let answer = try client.readAnswer()
        #expect(answer.status == 404)
        #expect(answer.code == "key_revoked")
        await fixture.stop(upstream)
    }

    @Test func aClientThatLeavesEndsTheUpstreamCall() async throws {
        let (fixture, upstream) = try await fixture(Self.frames(600))
        let client = try fixture.client()
        client.send(fixture.head("GET /openai/v1") + "\r\n")
        _ = try client.readHead()
        client.close()
        try await Self.expectClosed(upstream)
        await fixture.stop(upstream)
    }

    @Test func aClientThatReadsSlowlyStopsTheUpstream() async throws {
        let sent = Counter()
        let (fixture, upstream) = try await fixture { _, channel in
            channel.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            let chunk = "10000\r\n" + String(repeating: "x", count: 65_536) + "\r\n"
            @Sendable func more() {
                guard channel.isActive, sent.value < 4_000 else { return }
                sent.add(1)
                channel.writeAndFlush(ByteBuffer(string: chunk)).whenSuccess { more() }
            }
            more()
        }
        let client = try fixture.client()
        client.send(fixture.head("GET /openai/v1") + "\r\n")
        _ = try client.readHead()
        try await Task.sleep(for: .seconds(2))
        let first = sent.value
        try await Task.sleep(for: .seconds(1))
        #expect(sent.value < 1_000, "250 MB were taken for a client that does not read")
        #expect(sent.value - first < 50, "the upstream was not stopped")
        client.close()
        await fixture.stop(upstream)
    }

    static func readToEnd(_ client: RawClient) throws -> String {
        var text = ""
        while true {
            let piece = client.readSome()
            guard !piece.isEmpty else { return text }
            text += String(decoding: piece, as: UTF8.self)
        }
    }

    static func expectClosed(_ upstream: TestUpstream) async throws {
        for _ in 0..<50 where upstream.open > 0 { try await Task.sleep(for: .milliseconds(20)) }
        #expect(upstream.open == 0, "the upstream connection is still there")
    }
}
