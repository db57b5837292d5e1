import Foundation
import Testing

@testable import BlindProxy

/// Names whose servers never answer.
@Suite struct SlowNameTests {
    @Test func aCallToANameThatHangsIsA504AndTheEndDoesNotWait() async throws {
        let names = BlockedNames()
        defer { names.open() }
        var limits = ResolverLimits()
        limits.patienceMilliseconds = 300
        let fixture = try await ProxyFixture(
            url: "https://upstream.slow", resolver: NameResolver(limits: limits, lookUp: names.lookUp))
        let answer = try fixture.get("/openai/v1")
        #expect(answer.status == 504)
        #expect(answer.code == "upstream_timeout")
        #expect(try fixture.get("/openai/v1").status == 504)
        #expect(names.asked == ["upstream.slow"])
        let start = ContinuousClock.now
        await fixture.stop(nil)
        #expect(ContinuousClock.now - start < .seconds(10))
    }

    @Test func aCallThatWaitsForANameIsAnsweredAtTheEnd() async throws {
        let names = BlockedNames()
        defer { names.open() }
        var limits = ResolverLimits()
        limits.patienceMilliseconds = 60_000
        let fixture = try await ProxyFixture(
            url: "https://upstream.slow", resolver: NameResolver(limits: limits, lookUp: names.lookUp)
        ) { $0.limits.connectSeconds = 60 }
        let client = try fixture.client()
        client.send(fixture.head("GET /openai/v1") + "\r\n")
        for _ in 0..<100 where names.asked.isEmpty { try await Task.sleep(for: .milliseconds(10)) }
        let start = ContinuousClock.now
        await fixture.stop(nil)
        #expect(ContinuousClock.now - start < .seconds(10))
        #expect([502, 503].contains(try client.readAnswer().status))
    }

    /// A dial goes on when its client leaves, and gives the session its place back before; so dials have a bound of their own.
    @Test func dialsThatOutliveTheirCallsAreCounted() async throws {
        let names = BlockedNames()
        defer { names.open() }
        var limits = ResolverLimits()
        limits.patienceMilliseconds = 60_000
        let fixture = try await ProxyFixture(
            url: "https://upstream.slow", resolver: NameResolver(limits: limits, lookUp: names.lookUp)
        ) {
            $0.limits.connectSeconds = 60
            $0.limits.connections = 2
        }
        for dials in 1...2 {
            let client = try fixture.client()
            client.send(fixture.head("GET /openai/v1") + "\r\n")
            try await Self.wait(fixture) { $0.metrics.dials == dials }
            client.close()
            try await Self.wait(fixture) { $0.clients.isEmpty }
        }
        let answer = try fixture.get("/openai/v1")
        #expect(answer.status == 503)
        #expect(answer.code == "dials_busy")
        await fixture.stop(nil)
    }

    private static func wait(_ fixture: ProxyFixture, _ condition: @escaping @Sendable (ProxyLoop) -> Bool) async throws {
        for _ in 0..<500 {
            if await fixture.proxy.onEachLoop(condition) == [true] { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        Issue.record("the loop did not come to that")
    }
}
