import Model
import NIOCore
import Sessions
import Testing

@testable import BlindProxy

/// How long connections to upstreams are kept, by a clock of the test's own.
@Suite struct PoolAgeTests {
    private func fixture(
        _ clock: TestClock, _ change: @escaping (inout ProxyConfiguration) throws -> Void = { _ in }
    ) async throws -> (ProxyFixture, TestUpstream) {
        let upstream = try await TestUpstream(TestCertificates.shared.get().server) { _, channel in
            channel.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        }
        let table = SessionTable(monotonicMilliseconds: { clock.milliseconds })
        return (try await ProxyFixture(url: "https://localhost:\(upstream.port)", SessionPolicy(), table: table, change), upstream)
    }

    /// Waits until the connection is in its pool: the answer is with the client before.
    private func expectPooled(_ fixture: ProxyFixture) async throws {
        for _ in 0..<1_000 where await idleCount(fixture) != [1] { try await Task.sleep(for: .milliseconds(10)) }
        #expect(await idleCount(fixture) == [1])
    }

    private func idleCount(_ fixture: ProxyFixture) async -> [Int] {
        await fixture.proxy.onEachLoop { loop in loop.pools.values.reduce(0) { $0 + $1.idleCount } }
    }

    @Test func aMinuteWithoutACallEndsAConnection() async throws {
        let clock = TestClock()
        let (fixture, upstream) = try await fixture(clock)
        #expect(try fixture.get("/openai/v1").text == "ok")
        try await expectPooled(fixture)
        try await fixture.advance(clock, seconds: 55)
        #expect(upstream.open == 1)
        #expect(try fixture.get("/openai/v1").text == "ok")
        #expect(upstream.connections == 1)
        try await expectPooled(fixture)
        try await fixture.advance(clock, seconds: 60)
        try await StreamTests.expectClosed(upstream)
        #expect(try fixture.get("/openai/v1").text == "ok")
        #expect(upstream.connections == 2)
        await fixture.stop(upstream)
    }

    @Test func tenMinutesEndAConnectionThatIsInUseAllTheTime() async throws {
        let clock = TestClock()
        let (fixture, upstream) = try await fixture(clock)
        // Twelve times 48 seconds, and 30: never idle for a minute. The rest is room for a slow machine.
        for seconds in Array(repeating: UInt64(48), count: 12) + [30] {
            #expect(try fixture.get("/openai/v1").text == "ok")
            #expect(upstream.connections == 1)
            try await expectPooled(fixture)
            try await fixture.advance(clock, seconds: seconds)
        }
        try await StreamTests.expectClosed(upstream)
        #expect(try fixture.get("/openai/v1").text == "ok")
        #expect(upstream.connections == 2)
        await fixture.stop(upstream)
    }

    @Test func idleConnectionsAreBoundedForAllKeysTogether() async throws {
        let (fixture, upstream) = try await fixture(TestClock()) { $0.limits.idleConnections = 3 }
        let clients = try (0..<8).map { _ in try fixture.client() }
        for client in clients { client.send(fixture.head("GET /openai/v1") + "\r\n") }
        for client in clients { #expect(try client.readAnswer().text == "ok") }
        for _ in 0..<100 where upstream.open > 3 { try await Task.sleep(for: .milliseconds(10)) }
        #expect(upstream.open <= 3)
        #expect(try fixture.get("/openai/v1").text == "ok")
        await fixture.stop(upstream)
    }
}
