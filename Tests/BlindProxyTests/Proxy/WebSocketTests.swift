import Foundation
import Model
import NIOCore
import Sessions
import Synchronization
import Testing

@testable import BlindProxy

/// WebSockets through real sockets.
@Suite struct WebSocketTests {
    private static let handshake =
        "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"

    private static var policy: SessionPolicy {
        var policy = SessionPolicy()
        policy.allowsUpgrade = true
        return policy
    }

    private func fixture(
        _ upstream: TunnelUpstream, tls: Bool = true, _ policy: SessionPolicy = policy, lifetimeSeconds: UInt64 = 3_600,
        _ change: (inout ProxyConfiguration) throws -> Void = { _ in }
    ) async throws -> ProxyFixture {
        try await ProxyFixture(
            url: "\(tls ? "https" : "http")://localhost:\(upstream.port)", lifetimeSeconds: lifetimeSeconds, policy, change)
    }

    private func certificate() throws -> TestCertificates.Pair { try TestCertificates.shared.get().server }

    /// Opens a tunnel; the head of the answer is read.
    private func open(_ fixture: ProxyFixture, _ fields: String = "") throws -> RawClient {
        let client = try fixture.client()
        client.send(fixture.head("GET /openai/v1/realtime", Self.handshake + fields) + "\r\n")
        #expect(try client.readHead().hasPrefix("HTTP/1.1 101 "))
        return client
    }

    private func end(_ fixture: ProxyFixture, _ upstream: TunnelUpstream) async {
        await fixture.proxy.stop()
        await upstream.stop()
    }

    // MARK: Handshakes

    @Test func aSessionThatDoesNotSaySoAllowsNone() async throws {
        let upstream = try await TunnelUpstream(nil)
        let fixture = try await fixture(upstream, tls: false, SessionPolicy())
        let answer = try fixture.get("/openai/v1", Self.handshake)
        #expect(answer.status == 403)
        #expect(answer.code == "upgrade_not_allowed")
        #expect(upstream.seen.heads.isEmpty)
        await end(fixture, upstream)
    }

    @Test func aMalformedHandshakeReachesNoUpstream() async throws {
        let upstream = try await TunnelUpstream(nil)
        let fixture = try await fixture(upstream, tls: false)
        let answer = try fixture.get("/openai/v1", "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n")
        #expect(answer.status == 400)
        #expect(answer.code == "upgrade_malformed")
        #expect(upstream.seen.heads.isEmpty)
        await end(fixture, upstream)
    }

    @Test(
        arguments: [
            "HTTP/1.1 101 Switching Protocols\r\n\r\n",
            "HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n\r\n",
            TunnelUpstream.accepting("Sec-WebSocket-Extensions: permessage-deflate\r\n"),
            TunnelUpstream.accepting("Sec-WebSocket-Protocol: never-offered\r\n"), TunnelUpstream.accepting("Content-Length: 3\r\n"),
        ])
    func a101ThatProvesNothingIsA502(_ answer: String) async throws {
        let upstream = try await TunnelUpstream(nil, answer: answer)
        let fixture = try await fixture(upstream, tls: false)
        let refused = try fixture.get(
            "/openai/v1", Self.handshake + "Sec-WebSocket-Extensions: permessage-deflate\r\nSec-WebSocket-Protocol: chat\r\n")
        #expect(refused.status == 502)
        #expect(refused.code == "upstream_protocol")
        #expect(try await upstream.wait { $0.open == 0 })
        await end(fixture, upstream)
    }

    @Test func a101ThatNobodyAskedForIsA502() async throws {
        let upstream = try await TunnelUpstream(nil)
        let fixture = try await fixture(upstream, tls: false)
        let refused = try fixture.get("/openai/v1", "Upgrade: websocket\r\n")
        #expect(refused.code == "upstream_protocol")
        #expect(try #require(upstream.seen.heads.first).lowercased().contains("upgrade") == false)
        await end(fixture, upstream)
    }

    @Test func bytesBeforeTheAnswerAreRefused() async throws {
        let upstream = try await TunnelUpstream(nil)
        let fixture = try await fixture(upstream, tls: false)
        let client = try fixture.client()
        client.send(fixture.head("GET /openai/v1", Self.handshake) + "\r\n" + fixture.head("GET /openai/v1") + "\r\n")
        let answer = try client.readAnswer()
        #expect(answer.status == 400)
        #expect(answer.field("connection") == "close")
        #expect(client.isAtEnd())
        #expect(upstream.seen.bytes.isEmpty, "a request with its token must not become frames")
        #expect(try await upstream.wait { $0.open == 0 })
        await end(fixture, upstream)
    }

    @Test func anyOtherAnswerIsOneOfTheCall() async throws {
        let upstream = try await TunnelUpstream(nil, answer: "HTTP/1.1 426 Upgrade Required\r\nContent-Length: 2\r\n\r\nno")
        let fixture = try await fixture(upstream, tls: false)
        let client = try fixture.client()
        client.send(fixture.head("GET /openai/v1", Self.handshake) + "\r\n")
        let answer = try client.readAnswer()
        #expect(answer.status == 426)
        #expect(answer.text == "no")
        client.send("GET /openai/v1 HTTP/1.1\r\nHost: 127.0.0.1:\(fixture.port)\r\n\r\n")
        #expect(try client.readAnswer().code == "token_missing", "the connection is still one for requests")
        await end(fixture, upstream)
    }

    @Test(arguments: [true, false])
    func theHandshakeCarriesTheKeyAndBytesPassBothWays(_ tls: Bool) async throws {
        let upstream = try await TunnelUpstream(
            tls ? certificate() : nil, answer: TunnelUpstream.accepting("Sec-WebSocket-Protocol: realtime\r\nSet-Cookie: a=b\r\n"),
            begin: { $0.send(Frame.text("welcome")) }, receive: { bytes, channel in channel.send(Frame.frame(0x82, bytes)) })
        let fixture = try await fixture(upstream, tls: tls)
        let client = try fixture.client()
        client.send(
            fixture.head("GET /openai/v1/realtime?model=m", Self.handshake + "Sec-WebSocket-Protocol: realtime\r\nCookie: c=d\r\n") + "\r\n"
        )
        let head = try client.readHead()
        let fields = RawMessage.fields(head)
        for (name, value) in [
            ("connection", "Upgrade"), ("upgrade", "websocket"), ("sec-websocket-accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
            ("sec-websocket-protocol", "realtime"), ("tacit-key", "openai@1"),
        ] {
            #expect(fields.filter { $0.name == name }.map(\.value) == [value])
        }
        #expect(!fields.contains { $0.name == "set-cookie" || $0.name == "content-length" || $0.name == "transfer-encoding" })
        #expect(client.read(9) == Frame.text("welcome"))
        for size in [1, 125, 126, 70_000, 300_000] {
            let sent = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 13 &+ size) }
            Thread.detachNewThread { client.send(sent) }
            var got: [UInt8] = []
            while got.count < size {
                let header = client.read(2)
                guard header.count == 2 else { break }
                let count = header[1] < 126 ? Int(header[1]) : client.read(header[1] == 126 ? 2 : 8).reduce(0) { $0 << 8 | Int($1) }
                got += client.read(count)
            }
            #expect(got == sent)
        }
        let request = try #require(upstream.seen.heads.first)
        #expect(request.hasPrefix("GET /v1/realtime?model=m HTTP/1.1\r\n"))
        #expect(request.contains("authorization: Bearer \(ProxyFixture.value)\r\n"))
        #expect(request.contains("Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"))
        #expect(request.contains("Sec-WebSocket-Protocol: realtime\r\n"))
        #expect(!request.contains("tct_") && !request.lowercased().contains("cookie"))
        client.close()
        #expect(try await upstream.wait { $0.open == 0 })
        let usage = try await fixture.usage(of: 1)
        #expect(usage.first?.status == 101)
        #expect(usage.first?.bytesUp == 370_252)
        #expect((usage.first?.bytesDown ?? 0) > 370_252)
        await end(fixture, upstream)
    }

    @Test func aBrowsersTokenComesAsASubprotocolAndGoesNoFurther() async throws {
        let upstream = try await TunnelUpstream(certificate(), answer: TunnelUpstream.accepting("Sec-WebSocket-Protocol: realtime\r\n"))
        let fixture = try await fixture(upstream)
        let client = try fixture.client()
        client.send(
            "GET /openai/v1/realtime HTTP/1.1\r\nHost: 127.0.0.1:\(fixture.port)\r\n\(Self.handshake)"
                + "Sec-WebSocket-Protocol: realtime, openai-insecure-api-key.\(fixture.token)\r\n\r\n")
        #expect(try client.readHead().hasPrefix("HTTP/1.1 101 "))
        let request = try #require(upstream.seen.heads.first)
        #expect(request.contains("Sec-WebSocket-Protocol: realtime\r\n"))
        #expect(!request.contains("tct_") && !request.contains("insecure"))
        await end(fixture, upstream)
    }

    // MARK: Frames

    @Test func anEchoInAFrameIsOverwrittenAndNothingWaitsBeyondItsFrame() async throws {
        let upstream = try await TunnelUpstream(
            certificate(),
            begin: { channel in
                let frame = Frame.text("you sent \(ProxyFixture.value)!")
                for (number, byte) in frame.enumerated() {
                    channel.eventLoop.scheduleTask(in: .milliseconds(Int64(number))) { channel.send([byte]) }
                }
                // Its last byte is the first of the key: were it held, nothing would ever release it.
                channel.eventLoop.scheduleTask(in: .milliseconds(200)) { channel.send(Frame.text("yes")) }
            })
        let fixture = try await fixture(upstream)
        let client = try open(fixture)
        let expected = Frame.text("you sent \(String(repeating: "*", count: ProxyFixture.value.count))!")
        #expect(client.read(expected.count) == expected)
        #expect(client.read(5) == Frame.text("yes"))
        client.close()
        #expect(try await fixture.usage(of: 1).reduce(0) { $0 + $1.redactions } == 1)
        await end(fixture, upstream)
    }

    @Test(arguments: [[0x81, 0x80, 0, 0, 0, 0], [0xc1, 0x01, 0x61], [0x83, 0x00]] as [[UInt8]])
    func framesThatAreNoneEndTheTunnel(_ bytes: [UInt8]) async throws {
        let upstream = try await TunnelUpstream(certificate(), begin: { $0.send(bytes) })
        let fixture = try await fixture(upstream)
        let client = try open(fixture)
        #expect(client.readSome().count < bytes.count)
        #expect(client.isAtEnd())
        #expect(try await upstream.wait { $0.open == 0 })
        await end(fixture, upstream)
    }

    @Test func aClientThatReadsSlowlyStopsTheUpstream() async throws {
        let sent = Counter()
        let upstream = try await TunnelUpstream(
            certificate(),
            begin: { channel in
                let frame = ByteBuffer(bytes: Frame.frame(0x82, [UInt8](repeating: 1, count: 65_536)))
                @Sendable func more() {
                    guard channel.isActive, sent.value < 4_000 else { return }
                    sent.add(1)
                    channel.writeAndFlush(frame).whenSuccess { more() }
                }
                more()
            })
        let fixture = try await fixture(upstream)
        let client = try open(fixture)
        try await Task.sleep(for: .seconds(2))
        let first = sent.value
        try await Task.sleep(for: .seconds(1))
        #expect(sent.value < 1_000, "250 MB were taken for a client that does not read")
        #expect(sent.value - first < 50, "the upstream was not stopped")
        #expect(client.read(4_000_000).count == 4_000_000, "it goes on when the client reads")
        client.close()
        await end(fixture, upstream)
    }

    @Test func anUpstreamThatReadsSlowlyStopsTheClient() async throws {
        let upstream = try await TunnelUpstream(certificate(), reads: false)
        let fixture = try await fixture(upstream)
        let client = try open(fixture)
        let sent = Counter()
        Thread.detachNewThread {
            let piece = [UInt8](repeating: 7, count: 65_536)
            for _ in 0..<4_000 {
                client.send(piece)
                sent.add(1)
            }
        }
        try await Task.sleep(for: .seconds(2))
        let first = sent.value
        try await Task.sleep(for: .seconds(1))
        #expect(sent.value < 1_000)
        #expect(sent.value - first < 50, "the client was not stopped")
        client.close()
        await end(fixture, upstream)
    }

    // MARK: Ends

    @Test(arguments: [true, false])
    func eachHalfEndsByItself(_ tls: Bool) async throws {
        let upstream = try await TunnelUpstream(
            tls ? certificate() : nil, lingers: true,
            receive: { bytes, channel in
                guard bytes.last == 0x21 else { return }
                channel.eventLoop.scheduleTask(in: .milliseconds(500)) {
                    let written = channel.writeAndFlush(ByteBuffer(bytes: Frame.text("late")))
                    written.whenComplete { _ in channel.close(mode: .output, promise: nil) }
                }
            })
        let fixture = try await fixture(upstream, tls: tls)
        let client = try open(fixture)
        client.send("the end!")
        client.endSending()
        #expect(try await upstream.wait { $0.hasEnded })
        #expect(upstream.seen.bytes == Array("the end!".utf8))
        #expect(client.read(100) == Frame.text("late"), "what the upstream sends after the client's end arrives")
        #expect(client.isAtEnd())
        #expect(try await upstream.wait { $0.open == 0 })
        await end(fixture, upstream)
    }

    @Test(arguments: [true, false])
    func anUpstreamThatEndsFirstStillReads(_ tls: Bool) async throws {
        let upstream = try await TunnelUpstream(
            tls ? certificate() : nil,
            begin: { channel in
                channel.writeAndFlush(ByteBuffer(bytes: Frame.text("bye"))).whenComplete { _ in channel.close(mode: .output, promise: nil) }
            })
        let fixture = try await fixture(upstream, tls: tls)
        let client = try open(fixture)
        #expect(client.read(100) == Frame.text("bye"))
        client.send("still here")
        client.close()
        #expect(try await upstream.wait { $0.open == 0 })
        #expect(upstream.seen.bytes == Array("still here".utf8))
        await end(fixture, upstream)
    }

    @Test func anUpstreamThatVanishesEndsTheTunnel() async throws {
        let upstream = try await TunnelUpstream(
            certificate(),
            begin: { channel in
                channel.send(Frame.text("last"))
                channel.setHalfClosure(false)
                channel.eventLoop.scheduleTask(in: .milliseconds(100)) { channel.close(promise: nil) }
            })
        let fixture = try await fixture(upstream)
        let client = try open(fixture)
        let start = ContinuousClock.now
        #expect(client.read(100) == Frame.text("last"))
        #expect(client.isAtEnd())
        #expect(ContinuousClock.now - start < .seconds(1))
        client.close()
        #expect(try await upstream.wait { $0.open == 0 })
        await end(fixture, upstream)
    }

    @Test(arguments: [true, false])
    func revocationEndsATunnelWithinASecond(_ ofSession: Bool) async throws {
        let upstream = try await TunnelUpstream(certificate(), receive: { bytes, channel in channel.send(Frame.frame(0x82, bytes)) })
        let fixture = try await fixture(upstream)
        let client = try open(fixture)
        client.send("x")
        #expect(client.read(3).count == 3)
        let start = ContinuousClock.now
        if ofSession {
            fixture.table.end(session: fixture.session.id)
        } else {
            fixture.table.end(key: fixture.key.id, account: fixture.key.accountID)
        }
        #expect(client.isAtEnd())
        #expect(ContinuousClock.now - start < .seconds(1))
        #expect(try await upstream.wait { $0.open == 0 })
        #expect(ContinuousClock.now - start < .seconds(1.5))
        await end(fixture, upstream)
    }

    @Test func expiryEndsATunnel() async throws {
        let upstream = try await TunnelUpstream(certificate())
        let fixture = try await fixture(upstream, lifetimeSeconds: 4)
        let client = try open(fixture)
        #expect(client.isAtEnd())
        #expect((0...1).contains(Int(SystemClock.seconds()) - Int(fixture.session.expiresAt)))
        await end(fixture, upstream)
    }

    @Test func silenceEndsATunnelAndPingsKeepIt() async throws {
        let upstream = try await TunnelUpstream(certificate())
        let fixture = try await fixture(upstream) { $0.limits.tunnelIdleSeconds = 1 }
        let client = try open(fixture)
        for _ in 0..<6 {
            client.send([0x89, 0x80, 1, 2, 3, 4])
            try await Task.sleep(for: .milliseconds(400))
        }
        #expect(upstream.seen.bytes.count == 36)
        let start = ContinuousClock.now
        #expect(client.isAtEnd())
        #expect(ContinuousClock.now - start < .seconds(2))
        #expect(try await upstream.wait { $0.open == 0 })
        await end(fixture, upstream)
    }

    @Test func aTunnelHoldsItsSessionsPlace() async throws {
        let upstream = try await TunnelUpstream(certificate())
        var policy = Self.policy
        policy.maximumConcurrent = 1
        let fixture = try await fixture(upstream, policy)
        let client = try open(fixture)
        #expect(try fixture.get("/openai/v1").code == "rate_limited")
        client.close()
        #expect(try await upstream.wait { $0.open == 0 })
        _ = try open(fixture)
        await end(fixture, upstream)
    }

    @Test func drainingLeavesATunnelUntilTheDeadline() async throws {
        let upstream = try await TunnelUpstream(certificate(), receive: { bytes, channel in channel.send(Frame.frame(0x82, bytes)) })
        let fixture = try await fixture(upstream)
        let client = try open(fixture)
        let start = ContinuousClock.now
        async let drained: Void = fixture.proxy.drain(seconds: 1)
        try await Task.sleep(for: .milliseconds(300))
        client.send("x")
        #expect(client.read(3) == [0x82, 1, 0x78], "a tunnel goes on while others finish")
        await drained
        #expect(ContinuousClock.now - start < .seconds(2))
        await fixture.proxy.stop()
        #expect(client.isAtEnd())
        #expect(try await upstream.wait { $0.open == 0 })
        await upstream.stop()
    }
}
