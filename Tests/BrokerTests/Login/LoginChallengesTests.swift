import Model
import Primitives
import Testing

@testable import Broker

struct LoginChallengesTests {
    private let clock = TestClock()

    private func challenges() -> LoginChallenges {
        let clock = clock
        return LoginChallenges(monotonicMilliseconds: { clock.now })
    }

    private func account() throws -> AccountID { try TestOwner.unwrapped(AccountID(bytes: Random.bytes(16))) }

    @Test func refusesANonceWithAnyByteAlteredAndOneOfAnotherLength() throws {
        let challenges = challenges()
        let account = try account()
        let nonce = challenges.issue(for: account)
        #expect(nonce.bytes.count == 32)
        for index in nonce.bytes.indices {
            var altered = nonce.bytes
            altered[index] ^= 1
            #expect(!challenges.take(Blob(altered), for: account), "byte \(index)")
        }
        for other in [Blob([]), Blob(nonce.bytes.dropLast()), Blob(nonce.bytes + [0]), Blob(Random.bytes(32))] {
            #expect(!challenges.take(other, for: account))
        }
        #expect(challenges.take(nonce, for: account))
    }

    @Test func refusesANonceOfAnotherAccountOrProcess() throws {
        let (challenges, other) = (challenges(), challenges())
        let (alice, bob) = (try account(), try account())
        let nonce = challenges.issue(for: alice)
        #expect(!challenges.take(nonce, for: bob))
        #expect(!other.take(nonce, for: alice))
        #expect(challenges.take(nonce, for: alice))
    }

    @Test func takesANonceOnceAndForSixtySeconds() throws {
        let challenges = challenges()
        let account = try account()
        let (used, late) = (challenges.issue(for: account), challenges.issue(for: account))
        clock.advance(seconds: 59)
        #expect(challenges.take(used, for: account))
        #expect(!challenges.take(used, for: account))
        clock.advance(seconds: 1)
        #expect(!challenges.take(late, for: account))
        #expect(!challenges.take(used, for: account))
    }

    @Test func keepsANonceHoweverManyOthersAreAskedFor() throws {
        let challenges = challenges()
        let account = try account()
        let nonce = challenges.issue(for: account)
        for _ in 0..<5_000 { _ = challenges.issue(for: account) }
        #expect(challenges.take(nonce, for: account))
        #expect(challenges.usedCount == 1)
    }

    @Test func forgetsUsedOnesOnceTheyHaveExpired() throws {
        let challenges = challenges()
        let account = try account()
        for _ in 0..<3 { #expect(challenges.take(challenges.issue(for: account), for: account)) }
        #expect(challenges.usedCount == 3)
        clock.advance(seconds: 60)
        #expect(challenges.take(challenges.issue(for: account), for: account))
        #expect(challenges.usedCount == 1)
    }
}
