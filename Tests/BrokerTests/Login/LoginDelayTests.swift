import Model
import Primitives
import Testing

@testable import Broker

struct LoginDelayTests {
    private let anonymous = BrokerFixture.anonymousCall

    @Test func growsToThirtySecondsAndNoFurther() {
        #expect((0...9).map { LoginDelays.seconds(after: $0) } == [0, 0, 1, 2, 4, 8, 16, 30, 30, 30])
        #expect(LoginDelays.seconds(after: .max) == 30)
    }

    @Test func makesFailedLoginsWaitAndNeverLocksOut() async throws {
        let fixture = try await BrokerFixture()
        let (owner, stranger) = (try TestOwner("alice"), try TestOwner("mallory"))
        try await owner.create(on: fixture)
        for _ in 0..<9 {
            let challenge = try await fixture.broker.startLogin(.init(name: owner.name), call: anonymous)
            await expectRefusal(.loginFailed) { try await fixture.broker.finishLogin(try stranger.finish(challenge), call: anonymous) }
        }
        #expect(fixture.waited == [1, 2, 4, 8, 16, 30, 30])
        _ = try await owner.login(to: fixture)
        #expect(fixture.waited == [1, 2, 4, 8, 16, 30, 30, 30])
    }

    @Test func letsTheOwnerInWhileOthersKeepLoginsToTheAccountWaiting() async throws {
        let fixture = try await BrokerFixture()
        let owner = try TestOwner("alice")
        try await owner.create(on: fixture)
        while fixture.broker.delays.enter(attempt(owner.id, "192.0.2.1")) != nil {}
        let elsewhere = Call(principal: .anonymous, peer: Peer(transport: .tcp, address: "192.0.2.1"), requestID: "r")
        let challenge = try await fixture.broker.startLogin(.init(name: owner.name), call: elsewhere)
        await expectRefusal(.tooManyLogins) { try await fixture.broker.finishLogin(try owner.finish(challenge), call: elsewhere) }
        _ = try await owner.login(to: fixture)
        let socket = BrokerFixture.operatorCall
        let overTheSocket = try await fixture.broker.startLogin(.init(name: owner.name), call: socket)
        _ = try await fixture.broker.finishLogin(try owner.finish(overTheSocket, origin: "unix"), call: socket)
    }

    @Test func countsANonceThatIsNotOursAsNobodysFailure() async throws {
        let fixture = try await BrokerFixture()
        let owner = try TestOwner("alice")
        try await owner.create(on: fixture)
        var challenge = try await fixture.broker.startLogin(.init(name: owner.name), call: anonymous)
        challenge.serverNonce = Blob(Random.bytes(32))
        for _ in 0..<9 {
            await expectRefusal(.loginFailed) { try await fixture.broker.finishLogin(try owner.finish(challenge), call: anonymous) }
        }
        _ = try await owner.login(to: fixture)
        #expect(fixture.waited == [])
    }

    @Test func countsPerAddressAcrossAccountsAndNotOverTheSocket() throws {
        let clock = TestClock()
        let delays = LoginDelays(monotonicMilliseconds: { clock.now })
        let (a, b) = (try TestOwner("a").id, try TestOwner("b").id)
        for _ in 0..<3 {
            let attempt = attempt(a, "192.0.2.1")
            _ = delays.enter(attempt)
            delays.leave(attempt, succeeded: false)
        }
        #expect(delays.enter(attempt(b, "192.0.2.1")) == 2)
        #expect(delays.enter(attempt(b, "192.0.2.2")) == 0)
        #expect(delays.enter(overTheSocket(b)) == 0)
        #expect(delays.enter(overTheSocket(a)) == 2)
        clock.advance(seconds: 900)
        #expect(delays.enter(attempt(b, "192.0.2.1")) == 0)
    }

    @Test func takesAnIPv6NetworkForOneClient() throws {
        let account = try TestOwner().id
        let one = attempt(account, "2001:db8:1:2:3:4:5:6")
        #expect(one == attempt(account, "2001:db8:1:2::9"))
        #expect(one != attempt(account, "2001:db8:1:3::9"))
    }

    @Test func keepsNobodyOutWhoComesFromElsewhere() throws {
        let clock = TestClock()
        let delays = LoginDelays(monotonicMilliseconds: { clock.now })
        let victim = try TestOwner().id
        for _ in 0..<LoginDelays.maximumWaitingPerAttempt { #expect(delays.enter(attempt(victim, "192.0.2.1")) != nil) }
        #expect(delays.enter(attempt(victim, "192.0.2.1")) == nil)
        #expect(delays.enter(attempt(victim, "192.0.2.2")) == 0)
        #expect(delays.enter(overTheSocket(victim)) == 0)
        delays.leave(attempt(victim, "192.0.2.1"), succeeded: nil)
        #expect(delays.enter(attempt(victim, "192.0.2.1")) == 0)
    }

    @Test func boundsHowManyWaitFromOneAddressAndInAll() throws {
        let clock = TestClock()
        let delays = LoginDelays(monotonicMilliseconds: { clock.now })
        let victim = try TestOwner().id
        let networks = LoginDelays.maximumWaiting / LoginDelays.maximumWaitingPerNetwork
        for network in 0..<networks {
            #expect(delays.enter(attempt(victim, "192.0.2.\(network)")) == 0)
            for _ in 1..<LoginDelays.maximumWaitingPerNetwork { _ = delays.enter(attempt(try anybody(), "192.0.2.\(network)")) }
            #expect(delays.enter(attempt(try anybody(), "192.0.2.\(network)")) == nil)
        }
        #expect(delays.enter(attempt(victim, "198.51.100.1")) == nil)
        #expect(delays.enter(overTheSocket(victim)) == 0)
        delays.leave(attempt(victim, "192.0.2.0"), succeeded: nil)
        #expect(delays.enter(attempt(victim, "198.51.100.1")) == 0)
    }

    @Test func standsAClockThatGoesBack() throws {
        let clock = TestClock(seconds: 1_000)
        let delays = LoginDelays(monotonicMilliseconds: { clock.now })
        let challenges = LoginChallenges(monotonicMilliseconds: { clock.now })
        let budget = AuditBudget(monotonicMilliseconds: { clock.now })
        let here = attempt(try TestOwner().id, "192.0.2.1")
        let nonces = [challenges.issue(for: here.account), challenges.issue(for: here.account)]
        for _ in 0..<3 {
            _ = delays.enter(here)
            delays.leave(here, succeeded: false)
        }
        #expect(challenges.take(nonces[0], for: here.account))
        clock.goBack(seconds: 10)
        #expect(challenges.take(nonces[1], for: here.account))
        #expect(!challenges.take(nonces[0], for: here.account))
        #expect(delays.enter(here) == 2)
        for _ in 0..<LoginDelays.maximumRemembered {
            let other = attempt(try anybody(), "192.0.2.1")
            _ = delays.enter(other)
            delays.leave(other, succeeded: false)
        }
        #expect(budget.take() == 0)
    }

    private func attempt(_ account: AccountID, _ address: String) -> LoginDelays.Attempt {
        LoginDelays.Attempt(account: account, peer: Peer(transport: .tcp, address: address))
    }

    private func overTheSocket(_ account: AccountID) -> LoginDelays.Attempt {
        LoginDelays.Attempt(account: account, peer: Peer(transport: .unix, address: "unix"))
    }

    private func anybody() throws -> AccountID { try TestOwner.unwrapped(AccountID(bytes: Random.bytes(16))) }
}
