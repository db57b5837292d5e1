import Audit
import Broker
import Model
import SecretMemory
import Sessions
import Store
import Testing

@testable import class Broker.Broker

struct LoadTests {
    private func prepared() async throws -> (BrokerFixture, TestOwner, Call, SecretBox) {
        let fixture = try await BrokerFixture()
        let owner = try TestOwner()
        try await owner.create(on: fixture)
        let call = try await owner.login(to: fixture)
        try await owner.enroll(on: fixture, as: call)
        return (fixture, owner, call, try await owner.unlock(on: fixture, as: call).token)
    }

    @Test func answersKEKUnreachableUntilItAnswersAndLoadsThen() async throws {
        let (fixture, owner, _, box) = try await prepared()
        let token = try TestOwner.unwrapped(box.take())
        let restarted = try await BrokerFixture(sharing: fixture, startsKEKAway: true)
        #expect(restarted.broker.readiness.status == "degraded")
        #expect(restarted.broker.readiness.kek == "unreachable")
        await expectRefusal(.kekUnreachable) { try await restarted.broker.authenticate(bearer: token) }
        await restarted.broker.retryWaiting()
        await expectRefusal(.kekUnreachable) { try await restarted.broker.authenticate(bearer: token) }
        restarted.custody.setAway(false)
        await restarted.broker.retryWaiting()
        #expect(restarted.broker.readiness.status == "ready")
        guard case .session(_, owner.id) = try await restarted.broker.authenticate(bearer: token) else {
            Issue.record("not the session")
            return
        }
    }

    @Test func revokesASessionThatIsNotLoadedYet() async throws {
        let (fixture, _, _, box) = try await prepared()
        let token = try TestOwner.unwrapped(box.take())
        let restarted = try await BrokerFixture(sharing: fixture, startsKEKAway: true)
        let session = try TestOwner.unwrapped(
            try await restarted.broker.listSessions(account: nil, call: BrokerFixture.operatorCall).sessions.first)
        _ = try await restarted.broker.revokeSession(session.sessionID, call: BrokerFixture.operatorCall)
        restarted.custody.setAway(false)
        await restarted.broker.retryWaiting()
        await expectRefusal(.sessionRevoked) { try await restarted.broker.authenticate(bearer: token) }
    }

    @Test func keepsSessionsOverARestart() async throws {
        let (fixture, _, _, box) = try await prepared()
        let token = try TestOwner.unwrapped(box.take())
        let restarted = try await BrokerFixture(sharing: fixture)
        #expect(restarted.broker.readiness.status == "ready")
        _ = try await restarted.broker.authenticate(bearer: token)
    }

    @Test func endsAnIdleSessionForGood() async throws {
        let (fixture, owner, call, _) = try await prepared()
        var policy = SessionPolicy()
        policy.idleSeconds = 60
        let list = try await fixture.broker.unlock(.init(aliases: []), call: call)
        let (message, box) = try owner.session(list, at: fixture.clock.seconds, policy: policy)
        _ = try await fixture.broker.createSession(message, call: call)
        let token = try TestOwner.unwrapped(box.take())
        fixture.clock.advance(seconds: 59)
        await fixture.broker.endIdle()
        _ = try await fixture.broker.authenticate(bearer: token)
        fixture.clock.advance(seconds: 1)
        await fixture.broker.endIdle()
        await expectRefusal(.sessionExpired) { try await fixture.broker.authenticate(bearer: token) }
        #expect(try await fixture.store.session(message.sessionID)?.revokedAt == fixture.clock.seconds)
        #expect(try await fixture.store.entries(of: message.sessionID).isEmpty)
        await fixture.broker.followChanges()
        await expectRefusal(.sessionExpired) { try await fixture.broker.authenticate(bearer: token) }
        let restarted = try await BrokerFixture(sharing: fixture)
        await expectRefusal(.sessionRevoked) { try await restarted.broker.authenticate(bearer: token) }
        #expect(fixture.sessions.drainIdleEnded().isEmpty)
    }

    @Test func goesOnWithAnAlteredSecretBehindFalseLoginAnswersAndNamesIt() async throws {
        let fixture = try await BrokerFixture(hasAlteredLoginSecret: true)
        #expect(fixture.broker.readiness.integrity == ["secrets:login-decoy"])
        #expect(fixture.broker.readiness.status == "ready")
        let owner = try TestOwner()
        try await owner.create(on: fixture)
        _ = try await owner.login(to: fixture)
        let nobody = try TestOwner.unwrapped(AccountName("nobody-here"))
        let first = try await fixture.broker.startLogin(.init(name: nobody), call: BrokerFixture.anonymousCall)
        let second = try await fixture.broker.startLogin(.init(name: nobody), call: BrokerFixture.anonymousCall)
        #expect(first.accountID == second.accountID)
    }

    @Test func followsWhatAnotherBrokerOfTheStoreDoes() async throws {
        let (fixture, owner, call, _) = try await prepared()
        let other = try await BrokerFixture(sharing: fixture)
        let (session, box) = try await owner.unlock(on: fixture, as: call)
        let token = try TestOwner.unwrapped(box.take())
        await expectRefusal(.tokenUnknown) { try await other.broker.authenticate(bearer: token) }
        await other.broker.followChanges()
        _ = try await other.broker.authenticate(bearer: token)
        _ = try await fixture.broker.revokeSession(session.sessionID, call: call)
        await other.broker.followChanges()
        await expectRefusal(.sessionRevoked) { try await other.broker.authenticate(bearer: token) }
    }

    @Test func asksTheKEKOnceForEachEntry() async throws {
        let (fixture, owner, call, _) = try await prepared()
        let before = fixture.custody.unwrapped
        try await owner.enroll("second", on: fixture, as: call)
        await fixture.broker.followChanges()
        #expect(fixture.custody.unwrapped == before)
    }

    @Test func writesUsageDown() async throws {
        let (fixture, owner, call, _) = try await prepared()
        let key = try TestOwner.unwrapped(try await fixture.broker.listKeys(call: call).keys.first)
        let session = try TestOwner.unwrapped(try await fixture.broker.listSessions(account: nil, call: call).sessions.first)
        for shard in 0..<3 {
            fixture.usage.add(
                shard: shard, accountID: owner.id, sessionID: session.sessionID, keyID: key.keyID, version: 1, status: 200, bytesUp: 10,
                bytesDown: 20, redactions: 1, exposureMicroseconds: 5)
        }
        await fixture.broker.flushUsage()
        let usage = try await fixture.broker.listUsage(since: 0, account: nil, call: call).usage
        #expect(usage.map(\.requests) == [3])
        #expect(usage.map(\.bytesDown) == [60])
        #expect(try await fixture.broker.listUsage(since: fixture.clock.seconds + 1, account: nil, call: call).usage.isEmpty)
    }
}
