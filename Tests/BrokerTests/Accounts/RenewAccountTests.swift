import Broker
import Envelope
import Model
import Primitives
import Sessions
import Store
import Testing

@testable import class Broker.Broker

struct RenewAccountTests {
    /// The same person with new keys, and what they would be renewed with.
    private func renewal(
        _ p: RotateKeyTests.Prepared, name: String = "alice", aliases: [String] = ["openai"]
    ) async throws -> (owner: TestOwner, message: RotationMessages.Renewal) {
        let new = try TestOwner(name)
        let revision = try await p.broker.showAccount(call: p.call).revision
        let enrolments = try aliases.map { try new.enrolment($0, value: "sk-renewed", revision: 1) }
        let message = try AccountRenewal.make(
            keys: p.owner.keys, revision: revision, account: try new.creation(), enrolments: enrolments)
        return (new, message)
    }

    @Test func refusesAnotherNameMissingKeysAndWhatWasNotSigned() async throws {
        let p = try await RotateKeyTests.prepared()
        let renamed = try await renewal(p, name: "bob").message
        await expectRefusal(.malformed) { try await p.broker.renewAccount(renamed, call: p.call) }
        for aliases in [[], ["other"], ["openai", "other"]] {
            let message = try await renewal(p, aliases: aliases).message
            await expectRefusal(.malformed) { try await p.broker.renewAccount(message, call: p.call) }
        }
        let good = try await renewal(p).message
        var exchanged = good
        exchanged.account = try TestOwner().creation()
        var stale = good
        stale.revision -= 1
        await expectRefusal(.signatureInvalid) { try await p.broker.renewAccount(exchanged, call: p.call) }
        await expectRefusal(.revisionConflict) { try await p.broker.renewAccount(stale, call: p.call) }
        await expectRefusal(.loginRequired) { try await p.broker.renewAccount(good, call: BrokerFixture.operatorCall) }
        p.fixture.custody.setAway(true)
        await expectRefusal(.kekUnreachable) { try await p.broker.renewAccount(good, call: p.call) }
        p.fixture.custody.setAway(false)
        p.fixture.clock.advance(seconds: 61)
        await expectRefusal(.loginRequired) { try await p.broker.renewAccount(good, call: p.call) }
        #expect(try await p.broker.showAccount(call: p.call).accountID == p.owner.id)
    }

    @Test func putsTheNewAccountInThePlaceOfTheOldOne() async throws {
        let p = try await RotateKeyTests.prepared()
        let token = try await p.owner.unlockText(on: p.fixture, as: p.call).token
        let running = try p.fixture.admit(token)
        let writer = try await p.owner.access(on: p.fixture, as: p.call)
        let (new, message) = try await renewal(p)
        let account = try await p.broker.renewAccount(message, call: p.call)
        #expect(account.accountID == new.id)
        #expect(account.name == p.owner.name)
        #expect(account.revision == 2)

        // Nothing of the old one works any more, at once and after a restart.
        #expect(p.fixture.refusal(token) == .sessionRevoked)
        #expect(running.reasonToEnd(now: p.now) != nil)
        await expectRefusal(.accessEnded) { try await writer.call(to: p.fixture) }
        await expectRefusal(.loginFailed) { try await p.owner.login(to: p.fixture) }
        let restarted = try await BrokerFixture(sharing: p.fixture)
        #expect(restarted.broker.readiness.integrity == [])
        #expect(restarted.broker.readiness.status == "ready")
        #expect(restarted.refusal(token) == .sessionRevoked)

        let call = try await new.login(to: p.fixture)
        let fresh = try await new.unlockText(on: p.fixture, as: call)
        #expect(try p.fixture.use(fresh.token) == OpenedKey(value: "sk-renewed", receipt: "openai@1"))
        let tombstone = try TestOwner.unwrapped(try await p.fixture.store.account(p.owner.id))
        #expect(tombstone.endedAt == p.now)
        await expectRefusal(.loginFailed) {
            let challenge = try await p.broker.startLogin(.init(name: tombstone.name), call: BrokerFixture.anonymousCall)
            return try await p.broker.finishLogin(try p.owner.finish(challenge), call: BrokerFixture.anonymousCall)
        }
        #expect(try await p.broker.listSessions(account: "\(p.owner.id)", call: BrokerFixture.operatorCall).sessions.count == 1)
    }
}
