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
}
