import Broker
import Envelope
import Model
import Primitives
import SecretMemory
import Store
import Testing

struct LoginTests {
    private let anonymous = BrokerFixture.anonymousCall

    private func prepared() async throws -> (BrokerFixture, TestOwner) {
        let fixture = try await BrokerFixture()
        let owner = try TestOwner()
        try await owner.create(on: fixture)
        return (fixture, owner)
    }

    @Test func answersUnknownNamesWithParametersThatStayTheSame() async throws {
        let (fixture, _) = try await prepared()
        let nobody = try TestOwner.unwrapped(AccountName("nobody-here"))
        let first = try await fixture.broker.startLogin(.init(name: nobody), call: anonymous)
        let second = try await fixture.broker.startLogin(.init(name: nobody), call: anonymous)
        #expect(first.accountID == second.accountID)
        #expect(first.slots == second.slots)
        #expect(first.serverNonce != second.serverNonce)
        #expect(first.slots.map(\.kind).sorted { $0.rawValue < $1.rawValue } == [.passphrase, .recoveryCode])
        let other = try await fixture.broker.startLogin(.init(name: TestOwner.unwrapped(AccountName("nobody-else"))), call: anonymous)
        #expect(other.accountID != first.accountID)
        let restarted = try await BrokerFixture(sharing: fixture)
        let again = try await restarted.broker.startLogin(.init(name: nobody), call: anonymous)
        #expect(again.accountID == first.accountID)
        #expect(again.slots == first.slots)
    }

    @Test func failsForAnUnknownNameAsForAWrongKey() async throws {
        let (fixture, owner) = try await prepared()
        let stranger = try TestOwner("stranger")
        let unknown = try await fixture.broker.startLogin(.init(name: stranger.name), call: anonymous)
        await expectRefusal(.loginFailed) { try await fixture.broker.finishLogin(try stranger.finish(unknown), call: anonymous) }
        let known = try await fixture.broker.startLogin(.init(name: owner.name), call: anonymous)
        await expectRefusal(.loginFailed) { try await fixture.broker.finishLogin(try stranger.finish(known), call: anonymous) }
    }

    @Test func takesANonceOnceAndForSixtySecondsAndForItsAccount() async throws {
        let (fixture, owner) = try await prepared()
        let challenge = try await fixture.broker.startLogin(.init(name: owner.name), call: anonymous)
        _ = try await fixture.broker.finishLogin(try owner.finish(challenge), call: anonymous)
        await expectRefusal(.loginFailed) { try await fixture.broker.finishLogin(try owner.finish(challenge), call: anonymous) }
        let old = try await fixture.broker.startLogin(.init(name: owner.name), call: anonymous)
        fixture.clock.advance(seconds: 60)
        await expectRefusal(.loginFailed) { try await fixture.broker.finishLogin(try owner.finish(old), call: anonymous) }
        var foreign = try await fixture.broker.startLogin(.init(name: TestOwner.unwrapped(AccountName("other"))), call: anonymous)
        foreign.accountID = owner.id
        await expectRefusal(.loginFailed) { try await fixture.broker.finishLogin(try owner.finish(foreign), call: anonymous) }
        var invented = foreign
        invented.serverNonce = Blob(Random.bytes(32))
        await expectRefusal(.loginFailed) { try await fixture.broker.finishLogin(try owner.finish(invented), call: anonymous) }
    }

    @Test(arguments: [
        "unix", "http://127.0.0.1", "http://127.0.0.1:8701", "https://127.0.0.1:8700", "http://evil.example:8700", "http://127.0.0.1:8700/",
    ])
    func refusesAnOriginThatIsNotOurs(origin: String) async throws {
        let (fixture, owner) = try await prepared()
        let challenge = try await fixture.broker.startLogin(.init(name: owner.name), call: anonymous)
        await expectRefusal(.loginFailed) {
            try await fixture.broker.finishLogin(try owner.finish(challenge, origin: origin), call: anonymous)
        }
    }

    @Test func takesTheOriginUnixOverTheSocketOnly() async throws {
        let (fixture, owner) = try await prepared()
        let socket = BrokerFixture.operatorCall
        let wrong = try await fixture.broker.startLogin(.init(name: owner.name), call: socket)
        await expectRefusal(.loginFailed) { try await fixture.broker.finishLogin(try owner.finish(wrong), call: socket) }
        let right = try await fixture.broker.startLogin(.init(name: owner.name), call: socket)
        let loggedIn = try await fixture.broker.finishLogin(try owner.finish(right, origin: "unix"), call: socket)
        #expect(loggedIn.account.accountID == owner.id)
    }

    @Test func answersTheSlotThatLoggedInAndABearerForFifteenMinutes() async throws {
        let (fixture, owner) = try await prepared()
        let challenge = try await fixture.broker.startLogin(.init(name: owner.name), call: anonymous)
        let loggedIn = try await fixture.broker.finishLogin(try owner.finish(challenge), call: anonymous)
        #expect(loggedIn.slot == owner.slot)
        #expect(loggedIn.expiresAt == fixture.clock.seconds + 900)
        let principal = try await fixture.broker.authenticate(bearer: TestOwner.secret(loggedIn.bearer))
        guard case .owner(owner.id, _) = principal else {
            Issue.record("not the owner")
            return
        }
        fixture.clock.advance(seconds: 900)
        await expectRefusal(.loginRequired) { try await fixture.broker.authenticate(bearer: TestOwner.secret(loggedIn.bearer)) }
    }

    @Test func endsABearerByLogout() async throws {
        let (fixture, owner) = try await prepared()
        let call = try await owner.login(to: fixture)
        try await fixture.broker.logout(call: call)
        guard case .owner(_, let digest) = call.principal else { throw TestOwner.NoValue() }
        #expect(try await fixture.store.login(tokenDigest: digest, now: fixture.clock.seconds) == nil)
    }

    @Test(arguments: ["x", "tco_", "tcx_" + String(repeating: "A", count: 43), "Bearer tco_" + String(repeating: "A", count: 43)])
    func refusesWhatIsNoToken(text: String) async throws {
        let fixture = try await BrokerFixture()
        await expectRefusal(.tokenMalformed) { try await fixture.broker.authenticate(bearer: TestOwner.secret(text)) }
    }

    @Test func refusesUnknownTokensOfEachKind() async throws {
        let fixture = try await BrokerFixture()
        let owner = "tco_" + String(repeating: "A", count: 43)
        await expectRefusal(.loginRequired) { try await fixture.broker.authenticate(bearer: TestOwner.secret(owner)) }
        let session = "tct_" + String(repeating: "A", count: 64)
        await expectRefusal(.tokenUnknown) { try await fixture.broker.authenticate(bearer: TestOwner.secret(session)) }
        let access = "tca_" + String(repeating: "A", count: 64)
        await expectRefusal(.tokenUnknown) { try await fixture.broker.authenticate(bearer: TestOwner.secret(access)) }
    }

    @Test func saysTheSameOfKnownAndUnknownNamesWhileTheKEKIsAway() async throws {
        let (fixture, owner) = try await prepared()
        let restarted = try await BrokerFixture(sharing: fixture, startsKEKAway: true)
        for name in [owner.name, try TestOwner.unwrapped(AccountName("nobody-here"))] {
            await expectRefusal(.kekUnreachable) { try await restarted.broker.startLogin(.init(name: name), call: anonymous) }
        }
        restarted.custody.setAway(false)
        _ = try await owner.login(to: restarted)
    }
}
