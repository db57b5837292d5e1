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
        #expect(fixture.waited.last == 30)
    }

    @Test func countsPerAddressAcrossAccountsAndNotOverTheSocket() throws {
        let clock = TestClock()
        let delays = LoginDelays(monotonicMilliseconds: { clock.now })
        let (a, b) = (try TestOwner("a").id, try TestOwner("b").id)
        let peer = Peer(transport: .tcp, address: "192.0.2.1")
        for _ in 0..<3 {
            let keys = LoginDelays.keys(account: a, peer: peer)
            _ = delays.enter(keys)
            delays.leave(keys, succeeded: false)
        }
        #expect(delays.enter(LoginDelays.keys(account: b, peer: peer)) == 2)
        #expect(delays.enter(LoginDelays.keys(account: b, peer: Peer(transport: .tcp, address: "192.0.2.2"))) == 0)
        #expect(delays.enter(LoginDelays.keys(account: b, peer: Peer(transport: .unix, address: "unix"))) == 0)
        #expect(delays.enter(LoginDelays.keys(account: a, peer: Peer(transport: .unix, address: "unix"))) == 2)
        clock.advance(seconds: 900)
        #expect(delays.enter(LoginDelays.keys(account: b, peer: peer)) == 0)
    }

    @Test func takesAnIPv6NetworkForOneClient() throws {
        let account = try TestOwner().id
        let one = LoginDelays.keys(account: account, peer: Peer(transport: .tcp, address: "2001:db8:1:2:3:4:5:6"))
        #expect(one == LoginDelays.keys(account: account, peer: Peer(transport: .tcp, address: "2001:db8:1:2::9")))
        #expect(one != LoginDelays.keys(account: account, peer: Peer(transport: .tcp, address: "2001:db8:1:3::9")))
    }

    @Test func boundsHowManyMayWaitForOneAccount() throws {
        let clock = TestClock()
        let delays = LoginDelays(monotonicMilliseconds: { clock.now })
        let keys = LoginDelays.keys(account: try TestOwner().id, peer: Peer(transport: .unix, address: "unix"))
        for _ in 0..<LoginDelays.maximumWaitingPerKey { #expect(delays.enter(keys) != nil) }
        #expect(delays.enter(keys) == nil)
        delays.leave(keys, succeeded: nil)
        #expect(delays.enter(keys) != nil)
    }

    @Test func boundsChallengesAndSparesOtherAddresses() throws {
        let clock = TestClock()
        let challenges = LoginChallenges(monotonicMilliseconds: { clock.now })
        let account = try TestOwner().id
        let kept = challenges.issue(for: account, address: "192.0.2.9")
        let first = challenges.issue(for: account, address: "192.0.2.1")
        for _ in 0..<LoginChallenges.maximumPerAddress { _ = challenges.issue(for: account, address: "192.0.2.1") }
        #expect(challenges.count == LoginChallenges.maximumPerAddress + 1)
        #expect(!challenges.take(first, for: account))
        #expect(challenges.take(kept, for: account))
        #expect(!challenges.take(kept, for: account))
        for host in 0..<200 { for _ in 0..<64 { _ = challenges.issue(for: account, address: "h\(host)") } }
        #expect(challenges.count == LoginChallenges.maximumCount)
        clock.advance(seconds: 61)
        _ = challenges.issue(for: account, address: "192.0.2.1")
        #expect(challenges.count == 1)
    }
}
