import Broker
import Model
import SecretMemory
import Store
import Testing

struct EndSessionTests {
    private struct Prepared {
        let fixture: BrokerFixture
        let owner: TestOwner
        let call: Call
        let session: SessionMessages.Session
        let token: SecretBox
    }

    private func prepared() async throws -> Prepared {
        let fixture = try await BrokerFixture()
        let owner = try TestOwner()
        try await owner.create(on: fixture)
        let call = try await owner.login(to: fixture)
        try await owner.enroll(on: fixture, as: call)
        let (session, token) = try await owner.unlock(on: fixture, as: call)
        return Prepared(fixture: fixture, owner: owner, call: call, session: session, token: token)
    }

    @Test func hidesSessionsOfOtherAccounts() async throws {
        let p = try await prepared()
        let mallory = try TestOwner("mallory")
        try await mallory.create(on: p.fixture)
        let call = try await mallory.login(to: p.fixture)
        await expectRefusal(.notFound) { try await p.fixture.broker.revokeSession(p.session.sessionID, call: call) }
        #expect(try await p.fixture.broker.listSessions(account: nil, call: call).sessions.isEmpty)
        await expectRefusal(.forbidden) { try await p.fixture.broker.listSessions(account: "alice", call: call) }
        await expectRefusal(.loginRequired) {
            try await p.fixture.broker.revokeSession(p.session.sessionID, call: BrokerFixture.anonymousCall)
        }
    }

    @Test func endsASessionAtOnceWithoutTheKEKAndTwice() async throws {
        let p = try await prepared()
        let token = try TestOwner.unwrapped(p.token.take())
        p.fixture.custody.setAway(true)
        let ended = try await p.fixture.broker.revokeSession(p.session.sessionID, call: p.call)
        #expect(ended.revokedAt == p.fixture.clock.seconds)
        await expectRefusal(.sessionRevoked) { try await p.fixture.broker.authenticate(bearer: token) }
        #expect(try await p.fixture.store.entries(of: p.session.sessionID).isEmpty)
        _ = try await p.fixture.broker.revokeSession(p.session.sessionID, call: BrokerFixture.operatorCall)
    }

    @Test func locksEverySessionOfTheAccountAndNoOther() async throws {
        let p = try await prepared()
        let bob = try TestOwner("bob")
        try await bob.create(on: p.fixture)
        let bobsCall = try await bob.login(to: p.fixture)
        try await bob.enroll(on: p.fixture, as: bobsCall)
        let bobsToken = try TestOwner.unwrapped(try await bob.unlock(on: p.fixture, as: bobsCall).token.take())
        let second = try await p.owner.unlock(on: p.fixture, as: p.call)
        let ended = try await p.fixture.broker.lock(call: p.call)
        #expect(Set(ended.sessions.map(\.sessionID)) == [p.session.sessionID, second.session.sessionID])
        for box in [p.token, second.token] {
            let token = try TestOwner.unwrapped(box.take())
            await expectRefusal(.sessionRevoked) { try await p.fixture.broker.authenticate(bearer: token) }
        }
        _ = try await p.fixture.broker.authenticate(bearer: bobsToken)
        #expect(try await p.fixture.broker.lock(call: p.call).sessions.isEmpty)
    }

    @Test func letsATokenShowAndEndItselfAndNothingElse() async throws {
        let p = try await prepared()
        let token = try TestOwner.unwrapped(p.token.take())
        let call = Call(principal: try await p.fixture.broker.authenticate(bearer: token), peer: p.call.peer, requestID: "r")
        await expectRefusal(.forbidden) { try await p.fixture.broker.listKeys(call: call) }
        await expectRefusal(.forbidden) { try await p.fixture.broker.lock(call: call) }
        await expectRefusal(.forbidden) { try await p.fixture.broker.revokeSession(p.session.sessionID, call: call) }
        await expectRefusal(.forbidden) { try await p.fixture.broker.showOwnSession(call: p.call) }
        #expect(try await p.fixture.broker.showOwnSession(call: call) == p.session)
        _ = try await p.fixture.broker.revokeOwnSession(call: call)
        await expectRefusal(.sessionRevoked) { try await p.fixture.broker.authenticate(bearer: token) }
    }

    @Test func showsTheOperatorEverySession() async throws {
        let p = try await prepared()
        #expect(try await p.fixture.broker.listSessions(account: nil, call: BrokerFixture.operatorCall).sessions == [p.session])
        #expect(try await p.fixture.broker.listSessions(account: "alice", call: BrokerFixture.operatorCall).sessions == [p.session])
    }

    @Test func refusesNewThingsWhileDrainingAndStillRevokes() async throws {
        let p = try await prepared()
        p.fixture.broker.drain()
        await expectRefusal(.draining) { try await p.fixture.broker.unlock(.init(aliases: []), call: p.call) }
        await expectRefusal(.draining) {
            try await p.fixture.broker.startLogin(.init(name: p.owner.name), call: BrokerFixture.anonymousCall)
        }
        _ = try await p.fixture.broker.revokeSession(p.session.sessionID, call: p.call)
    }
}
