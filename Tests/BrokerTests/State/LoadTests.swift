import Audit
import Broker
import Foundation
import Measures
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

    @Test func loadsEveryAccountWhenMoreThanAFewAreReadAtATime() async throws {
        let (fixture, _, _, first) = try await prepared()
        var boxes = [first]
        for number in 0..<3 * ProcessInfo.processInfo.activeProcessorCount + 9 {
            let owner = try TestOwner("owner-\(number)")
            try await owner.create(on: fixture)
            let call = try await owner.login(to: fixture)
            try await owner.enroll(on: fixture, as: call)
            boxes.append(try await owner.unlock(on: fixture, as: call).token)
        }
        let restarted = try await BrokerFixture(sharing: fixture)
        for box in boxes { _ = try await restarted.broker.authenticate(bearer: try TestOwner.unwrapped(box.take())) }
        #expect(restarted.broker.readiness.status == "ready")
        #expect(restarted.sessions.liveCount == fixture.sessions.liveCount)
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

    @Test func aSessionWhoseTimeIsOverGoesFromMemoryWhileTheBrokerRuns() async throws {
        let (fixture, owner, call, _) = try await prepared()
        _ = try await owner.unlock(on: fixture, as: call)
        #expect(fixture.sessions.liveCount > 0)
        fixture.clock.advance(seconds: 30 * 86_400)
        let running = Task { await fixture.broker.run() }
        for _ in 0..<200 where fixture.sessions.liveCount > 0 { try await Task.sleep(for: .milliseconds(50)) }
        running.cancel()
        await running.value
        #expect(fixture.sessions.liveCount == 0)
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

    @Test func sumsUsageByWhatIsAsked() async throws {
        let (fixture, owner, call, _) = try await prepared()
        try await owner.enroll("second", on: fixture, as: call)
        _ = try await owner.unlock(on: fixture, as: call)
        let keys = try await fixture.broker.listKeys(call: call).keys
        let sessions = try await fixture.broker.listSessions(account: nil, call: call).sessions
        #expect(keys.count == 2 && sessions.count == 2)
        for (day, key, session, status, exposure): (UInt64, Int, Int, UInt16, UInt64) in [
            (0, 0, 0, 200, 10), (0, 0, 0, 502, 0), (0, 1, 1, 200, 20), (1, 0, 1, 200, 30), (1, 0, 0, 200, 40),
        ] {
            try await fixture.store.appendUsage([
                UsageRecord(
                    at: 86_400 * (20_000 + day) + 7, accountID: owner.id, sessionID: sessions[session].sessionID, keyID: keys[key].keyID,
                    version: 1, status: status, requests: 2, bytesUp: 1, bytesDown: 3, redactions: 0, exposureMicroseconds: exposure)
            ])
        }
        func sums(_ names: String, since: UInt64 = 0) async throws -> [UsageMessages.Sum] {
            let dimensions = try #require(Set<UsageMessages.Dimension>(names: names))
            return try await fixture.broker.listUsage(since: since, by: dimensions, account: nil, call: call).usage
        }
        let days = try await sums("day")
        #expect(days.map(\.day) == [86_400 * 20_000, 86_400 * 20_001])
        #expect(days.map(\.requests) == [6, 4])
        #expect(days.map(\.exposures) == [4, 4], "calls that opened no key count for no mean")
        #expect(days.map(\.exposureMicroseconds) == [30, 70])
        #expect(days.allSatisfy { $0.alias == nil && $0.sessionID == nil && $0.status == nil && $0.version == nil })
        let statuses = try await sums("status")
        #expect(statuses.map(\.status) == [200, 502])
        #expect(statuses.map(\.requests) == [8, 2])
        let aliases = try await sums("alias")
        #expect(Set(aliases.map { "\($0.alias?.text ?? "") \($0.requests)" }) == ["\(keys[0].alias) 8", "\(keys[1].alias) 2"])
        let bySession = try await sums("session,alias")
        #expect(bySession.count == 3)
        #expect(bySession.reduce(0) { $0 + $1.bytesDown } == 15)
        #expect(try await sums("day,session,alias,version,status", since: 86_400 * 20_001).count == 2)
        for refused in ["", "alias,", "alias,alias", "path", "ALIAS"] { #expect(Set<UsageMessages.Dimension>(names: refused) == nil) }
    }

    @Test func saysHowItIsInItsMetrics() async throws {
        let (fixture, _, call, _) = try await prepared()
        func lines() async -> [Substring] { await fixture.broker.metrics().text.split(separator: "\n") }
        #expect(await lines().contains("tacit_ready 1"))
        #expect(await lines().contains("tacit_sessions 1"))
        let session = try TestOwner.unwrapped(try await fixture.broker.listSessions(account: nil, call: call).sessions.first)
        _ = try await fixture.broker.revokeSession(session.sessionID, call: call)
        #expect(await lines().contains("tacit_sessions 0"))
        fixture.custody.setAway(true)
        await fixture.broker.retryWaiting()
        #expect(await lines().contains("tacit_kek_reachable 0"))
        #expect(await lines().contains("tacit_ready 0"))
    }

    @Test func writesUsageDown() async throws {
        let (fixture, owner, call, _) = try await prepared()
        let key = try TestOwner.unwrapped(try await fixture.broker.listKeys(call: call).keys.first)
        let session = try TestOwner.unwrapped(try await fixture.broker.listSessions(account: nil, call: call).sessions.first)
        for shard in 0..<3 {
            fixture.usage.add(
                shard: shard, accountID: owner.id, sessionID: session.sessionID, keyID: key.keyID, version: 1, status: 200, bytesUp: 10,
                bytesDown: 20, redactions: 1, exposureNanoseconds: 5_000)
        }
        await fixture.broker.flushUsage()
        let usage = try await fixture.broker.listUsage(since: 0, account: nil, call: call).usage
        #expect(usage.map(\.requests) == [3])
        #expect(usage.map(\.bytesDown) == [60])
        #expect(try await fixture.broker.listUsage(since: fixture.clock.seconds + 1, account: nil, call: call).usage.isEmpty)
    }
}
