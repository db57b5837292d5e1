import Broker
import Model
import Sessions
import Testing

@testable import class Broker.Broker

struct ProbeTests {
    private func probe(
        _ p: RotateKeyTests.Prepared, version: UInt32?, lifetime: UInt64 = 60, policy: SessionPolicy = SessionPolicy(),
        aliases: [Alias]? = nil
    ) async throws -> (message: SessionMessages.Create, token: String) {
        let list = try await p.broker.unlock(.init(aliases: aliases ?? [p.alias]), call: p.call)
        let (made, box) = try p.owner.session(list, at: p.now, lifetime: lifetime, policy: policy)
        var message = made
        message.probeVersion = version
        return (message, try TestOwner.text(box))
    }

    @Test func refusesAnythingButAShortSessionForOnePendingVersion() async throws {
        let p = try await RotateKeyTests.prepared()
        try await p.owner.enroll("other", on: p.fixture, as: p.call)
        try await p.owner.rotate(to: "sk-two", activate: false, on: p.fixture, as: p.call)
        let long = try await probe(p, version: 2, lifetime: 61).message
        await expectRefusal(.lifetimeRefused) { try await p.broker.createSession(long, call: p.call) }
        let active = try await probe(p, version: 1).message
        await expectRefusal(.versionState) { try await p.broker.createSession(active, call: p.call) }
        let unknown = try await probe(p, version: 3).message
        await expectRefusal(.notFound) { try await p.broker.createSession(unknown, call: p.call) }
        let lease = try await probe(p, version: 2, policy: SessionPolicy(kind: .lease)).message
        await expectRefusal(.malformed) { try await p.broker.createSession(lease, call: p.call) }
        let both = try await probe(p, version: 2, aliases: []).message
        await expectRefusal(.malformed) { try await p.broker.createSession(both, call: p.call) }
        #expect(try await p.broker.listSessions(account: nil, call: p.call).sessions.isEmpty)
    }

    @Test func usesThePendingVersionWhileOthersUseTheActiveOne() async throws {
        let p = try await RotateKeyTests.prepared()
        let plain = try await p.owner.unlockText(on: p.fixture, as: p.call).token
        try await p.owner.rotate(to: "sk-two", activate: false, on: p.fixture, as: p.call)
        let (message, token) = try await probe(p, version: 2)
        _ = try await p.broker.createSession(message, call: p.call)
        #expect(try p.fixture.use(token) == OpenedKey(value: "sk-two", receipt: "openai@2"))
        #expect(try p.fixture.use(plain) == OpenedKey(value: "sk-test-0123456789", receipt: "openai@1"))
        await p.broker.reload(p.owner.id)
        #expect(try p.fixture.use(token).receipt == "openai@2")
        _ = try await p.broker.activateVersion(2, of: p.alias, graceSeconds: 60, call: p.call)
        #expect(try p.fixture.use(token).receipt == "openai@2")
        #expect(try p.fixture.use(plain) == OpenedKey(value: "sk-two", receipt: "openai@2"))
        _ = try await p.broker.rollBackVersion(1, of: p.alias, call: p.call)
        #expect(try p.fixture.use(token).receipt == "openai@2")
        #expect(try p.fixture.use(plain).receipt == "openai@1")
    }

    @Test func aProbeOfAVersionThatWasRetiredUsesNoOther() async throws {
        let p = try await RotateKeyTests.prepared()
        try await p.owner.rotate(to: "sk-two", activate: false, on: p.fixture, as: p.call)
        let (message, token) = try await probe(p, version: 2)
        _ = try await p.broker.createSession(message, call: p.call)
        let running = try p.fixture.admit(token)
        _ = try await p.broker.retireVersion(2, of: p.alias, call: p.call)
        #expect(p.fixture.refusal(token) == .keyRevoked)
        #expect(running.reasonToEnd(now: p.now) == nil)
        _ = try await p.broker.revokeKey(p.alias, account: nil, call: p.call)
        #expect(running.reasonToEnd(now: p.now)?.code == .keyRevoked)
    }

    @Test func isNotAProbeAnyMoreAfterARestart() async throws {
        let p = try await RotateKeyTests.prepared()
        try await p.owner.rotate(to: "sk-two", activate: false, on: p.fixture, as: p.call)
        let (message, token) = try await probe(p, version: 2)
        _ = try await p.broker.createSession(message, call: p.call)
        let restarted = try await BrokerFixture(sharing: p.fixture)
        #expect(try restarted.use(token).receipt == "openai@1")
        p.fixture.clock.advance(seconds: 60)
        p.broker.dropOldProbes()
        #expect(p.fixture.refusal(token) == .sessionExpired)
    }
}
