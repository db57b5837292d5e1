import Model
import Sessions
import Testing

@testable import BlindProxy

/// A process that stood still, stopped by a signal or with its machine, has nobody pay for it. (A connection that is being opened to an
/// upstream may: its limits are timers.)
@Suite struct StandstillTests {
    @Test func `idle clients, heads on their way and calls that wait for an answer outlive it`() async throws {
        let clock = TestClock()
        let upstream = try await TestUpstream(TestCertificates.shared.get().server) { request, channel in
            guard !request.target.contains("slow") else { return }
            channel.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        }
        let table = SessionTable(monotonicMilliseconds: { clock.milliseconds })
        let fixture = try await ProxyFixture(url: "https://localhost:\(upstream.port)", SessionPolicy(), table: table)
        let (idle, head, call) = (try fixture.client(), try fixture.client(), try fixture.client())
        idle.send(fixture.head("GET /openai/v1") + "\r\n")
        #expect(try idle.readAnswer().text == "ok")
        head.send("GET /openai/v1 HTTP/1.1\r\n")
        call.send(fixture.head("GET /openai/slow") + "\r\n")
        for _ in 0..<200 where upstream.requests.count < 2 { try await Task.sleep(for: .milliseconds(20)) }
        for _ in 0..<3 { try await fixture.advance(clock, seconds: 3_600) }
        idle.send(fixture.head("GET /openai/v1") + "\r\n")
        #expect(try idle.readAnswer().text == "ok")
        head.send(String(fixture.head("GET /openai/v1").split(separator: "\r\n", maxSplits: 1)[1]) + "\r\n")
        #expect(try head.readAnswer().text == "ok")
        #expect(await fixture.proxy.onEachLoop { $0.busyCount } == [1], "the call waits for its upstream still")
        await fixture.stop(upstream)
    }
}
