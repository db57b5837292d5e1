import Foundation
import NIOCore
import Testing

@testable import BlindProxy

/// Whoever is slow slows the other side; whoever leaves ends the other side.
@Suite struct BackPressureTests {
    private static let mebibyte = [UInt8](repeating: 120, count: 1_048_576)

    /// Sends a body of 512 MiB from a thread of its own.
    /// - Returns: the bytes the kernel took so far.
    private func upload(_ fixture: ProxyFixture, _ client: RawClient, chunked: Bool = false) -> Counter {
        let sent = Counter()
        let framing = chunked ? "Transfer-Encoding: chunked\r\n" : "Content-Length: \(512 << 20)\r\n"
        client.send(fixture.head("POST /openai/v1", framing) + "\r\n")
        Thread.detachNewThread {
            for _ in 0..<512 {
                if chunked { client.send("100000\r\n") }
                let count = client.trySend(Self.mebibyte)
                sent.add(count)
                guard count == Self.mebibyte.count else { return }
                if chunked { client.send("\r\n") }
            }
        }
        return sent
    }

    @Test(arguments: [false, true])
    func anUpstreamThatDoesNotReadStopsTheClient(_ chunked: Bool) async throws {
        let upstream = try await StuckUpstream()
        let fixture = try await ProxyFixture(url: "http://127.0.0.1:\(upstream.port)")
        let client = try fixture.client()
        let sent = upload(fixture, client, chunked: chunked)
        try await Task.sleep(for: .seconds(1))
        let first = sent.value
        try await Task.sleep(for: .seconds(1))
        #expect(sent.value < 64 << 20, "the kernel's buffers hold less")
        #expect(sent.value - first <= 1 << 20, "the client was not stopped")
        let held = await fixture.proxy.onEachLoop { loop in
            loop.clients.values.compactMap { try? $0.upstream?.context?.channel.syncOptions?.getOption(.bufferedWritableBytes) }
        }
        // The high mark, one read above it, and what framing chunks anew adds.
        #expect(held.count == 1 && held[0].count == 1)
        #expect((1...100_000).contains(held[0].first ?? 0), "\(held)")
        client.close()
        await fixture.stop(nil)
        await upstream.stop()
    }

    @Test func aSlowUpstreamIsA504AndASlowClientA408() async throws {
        let stuck = try await StuckUpstream()
        let slow = try await ProxyFixture(url: "http://127.0.0.1:\(stuck.port)") {
            $0.limits.upstreamSeconds = 1
            $0.limits.bodySeconds = 60
        }
        let sender = try slow.client()
        _ = upload(slow, sender)
        let late = try sender.readAnswer()
        #expect(late.status == 504)
        #expect(late.code == "upstream_timeout")
        sender.close()
        await slow.stop(nil)
        await stuck.stop()
        let upstream = try await TestUpstream(nil) { _, _ in }
        let waiting = try await ProxyFixture(url: "http://127.0.0.1:\(upstream.port)") {
            $0.limits.upstreamSeconds = 60
            $0.limits.bodySeconds = 1
        }
        let client = try waiting.client()
        client.send(waiting.head("POST /openai/v1", "Content-Length: 10\r\n") + "\r\nabc")
        let answer = try client.readAnswer()
        #expect(answer.status == 408)
        #expect(answer.code == "request_timeout")
        try await StreamTests.expectClosed(upstream)
        await waiting.stop(upstream)
    }

    @Test(arguments: [true, false])
    func aClientThatLeavesEndsTheUpstreamCallAtOnce(_ tls: Bool) async throws {
        var best = Duration.seconds(60)
        let upstream = try await TestUpstream(tls ? TestCertificates.shared.get().server : nil) { _, channel in
            channel.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n")
        }
        let fixture = try await ProxyFixture(url: "\(tls ? "https" : "http")://localhost:\(upstream.port)")
        for _ in 0..<5 {
            let client = try fixture.client()
            client.send(fixture.head("GET /openai/v1") + "\r\n")
            _ = try client.readHead()
            #expect(upstream.open == 1)
            let start = ContinuousClock.now
            client.close()
            while upstream.open > 0, ContinuousClock.now - start < .seconds(5) { try await Task.sleep(for: .milliseconds(1)) }
            best = min(best, ContinuousClock.now - start)
        }
        #expect(best < .milliseconds(50), "\(best)")
        await fixture.stop(upstream)
    }

    /// Refusals are answers too: they must not pile up for a client that only sends.
    @Test func aClientThatPipelinesAndDoesNotReadIsStopped() async throws {
        let fixture = try await ProxyFixture(url: "https://localhost:1")
        let client = try fixture.client()
        let sent = Counter()
        let request = Array("GET / HTTP/1.1\r\nHost: localhost:\(fixture.port)\r\n\r\n".utf8)
        let many = (0..<1_000).flatMap { _ in request }
        Thread.detachNewThread {
            for _ in 0..<10_000 {
                let count = client.trySend(many)
                sent.add(count)
                guard count == many.count else { return }
            }
        }
        // Four seconds: the kernel's buffers hide for a while that somebody reads at their other end.
        var (last, stillFor) = (-1, 0)
        for _ in 0..<80 where stillFor < 8 {
            stillFor = last == sent.value ? stillFor + 1 : 0
            last = sent.value
            try await Task.sleep(for: .milliseconds(500))
        }
        #expect(stillFor >= 8 && last > 0, "requests are still taken, and their answers kept")
        client.close()
        await fixture.stop(nil)
    }

    @Test func aClientThatNeverReadsIsCutOff() async throws {
        let upstream = try await TestUpstream(nil) { _, channel in
            let chunk = String(repeating: "x", count: 65_536)
            channel.send("HTTP/1.1 200 OK\r\n\r\n")
            @Sendable func more() {
                guard channel.isActive else { return }
                channel.writeAndFlush(ByteBuffer(string: chunk)).whenSuccess { more() }
            }
            more()
        }
        let fixture = try await ProxyFixture(url: "http://localhost:\(upstream.port)") { $0.limits.sendSeconds = 1 }
        let client = try fixture.client()
        client.send("GET /openai/v1 HTTP/1.0\r\nHost: 127.0.0.1:\(fixture.port)\r\nx-api-key: \(fixture.token)\r\n\r\n")
        let start = ContinuousClock.now
        for _ in 0..<500 where upstream.connections == 0 || upstream.open > 0 { try await Task.sleep(for: .milliseconds(20)) }
        #expect(ContinuousClock.now - start < .seconds(5))
        #expect(upstream.open == 0)
        #expect(client.readToEnd().isReset, "an answer that lasts until the end must not look whole")
        await fixture.stop(upstream)
    }
}
