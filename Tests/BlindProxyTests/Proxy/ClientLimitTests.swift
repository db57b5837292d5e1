import Foundation
import Model
import NIOCore
import Testing

@testable import BlindProxy

/// Clients that are slow, silent, or too many.
@Suite struct ClientLimitTests {
    private func fixture(_ change: @escaping (inout ProxyConfiguration) throws -> Void) async throws -> (ProxyFixture, TestUpstream) {
        let upstream = try await TestUpstream(nil) { _, channel in channel.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok") }
        return (try await ProxyFixture(url: "http://localhost:\(upstream.port)", SessionPolicy(), change), upstream)
    }

    @Test func aByteNowAndThenDoesNotKeepAHeadAlive() async throws {
        let (fixture, upstream) = try await fixture { $0.limits.headSeconds = 2 }
        let client = try fixture.client()
        let start = ContinuousClock.now
        let head = Array(fixture.head("GET /openai/v1").utf8)
        Thread.detachNewThread {
            for byte in head {
                guard client.trySend([byte]) == 1 else { return }
                usleep(250_000)
            }
        }
        let answer = try client.readAnswer()
        #expect(answer.status == 408)
        #expect(answer.code == "request_timeout")
        #expect(ContinuousClock.now - start < .seconds(10))
        #expect(upstream.connections == 0)
        await fixture.stop(upstream)
    }

    @Test func aHandshakeThatNeverComesEndsInTheTimeOfAHead() async throws {
        let pair = try TestCertificates.shared.get().server
        let (fixture, upstream) = try await fixture {
            $0.limits.headSeconds = 1
            $0.tlsCertificateFile = pair.certificate
            $0.tlsKeyFile = pair.key
        }
        let start = ContinuousClock.now
        let silent = try fixture.client()
        let begun = try fixture.client()
        begun.send([0x16, 3, 1, 2, 0, 1])
        #expect(silent.isAtEnd() && begun.isAtEnd())
        #expect(ContinuousClock.now - start < .seconds(10))
        await fixture.stop(upstream)
    }

    @Test func anIdleConnectionEnds() async throws {
        let (fixture, upstream) = try await fixture { $0.limits.idleSeconds = 1 }
        let client = try fixture.client()
        let start = ContinuousClock.now
        client.send(fixture.head("GET /openai/v1") + "\r\n")
        #expect(try client.readAnswer().text == "ok")
        let (bytes, isReset) = client.readToEnd()
        #expect(bytes.isEmpty && !isReset)
        #expect((Duration.milliseconds(700)..<Duration.seconds(10)).contains(ContinuousClock.now - start))
        await fixture.stop(upstream)
    }

    @Test func oneConnectionTooManyIsClosedAtOnceAndCounted() async throws {
        let (fixture, upstream) = try await fixture { $0.limits.connections = 2 }
        let clients = [try fixture.client(), try fixture.client()]
        for client in clients {
            client.send(fixture.head("GET /openai/v1") + "\r\n")
            #expect(try client.readAnswer().status == 200)
        }
        let third = try fixture.client()
        #expect(third.isAtEnd())
        #expect(await fixture.proxy.onEachLoop { $0.metrics.connectionsRefused } == [1])
        clients[0].close()
        for _ in 0..<100 where await fixture.proxy.onEachLoop({ $0.clients.count }) != [1] { try await Task.sleep(for: .milliseconds(10)) }
        #expect(try fixture.get("/openai/v1").status == 200, "there is room again")
        await fixture.stop(upstream)
    }
}
