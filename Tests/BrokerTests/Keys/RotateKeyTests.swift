import Broker
import Envelope
import Foundation
import Model
import Primitives
import SecretMemory
import Sessions
import Store
import Testing

@testable import class Broker.Broker

struct RotateKeyTests {
    struct Prepared {
        let fixture: BrokerFixture
        let owner: TestOwner
        let call: Call
        let alias: Alias

        var broker: Broker { fixture.broker }
        var now: UInt64 { fixture.clock.seconds }

        func recipients(as caller: Call? = nil) async throws -> RotationMessages.Recipients {
            try await broker.listRecipients(alias, call: caller ?? call)
        }

        /// States by version.
        func states() async throws -> [KeyVersionState] {
            try await broker.listKeys(call: call).keys.first { $0.alias == alias }?.versions.map(\.state) ?? []
        }
    }

    /// An account with a key `openai`.
    static func prepared() async throws -> Prepared {
        let fixture = try await BrokerFixture()
        let owner = try TestOwner()
        try await owner.create(on: fixture)
        let call = try await owner.login(to: fixture)
        try await owner.enroll(on: fixture, as: call)
        return Prepared(fixture: fixture, owner: owner, call: call, alias: try TestOwner.unwrapped(Alias("openai")))
    }

    @Test func refusesAnotherRevisionNumberKeyOrSigner() async throws {
        let p = try await Self.prepared()
        let recipients = try await p.recipients()
        let message = try p.owner.addition(recipients, value: "sk-two", at: p.now)
        var stale = message
        stale.revision -= 1
        var other = message
        other.keyID = try TestOwner.unwrapped(KeyID(bytes: Random.bytes(16)))
        for altered in [stale, other] {
            await expectRefusal(.revisionConflict) { try await p.broker.rotateKey(altered, alias: p.alias, call: p.call) }
        }
        for number in [1, 3] as [UInt32] {
            let context = try KeyContext(key: recipients.key, accountID: p.owner.id, version: number)
            let wrong = try p.owner.addition(recipients, value: "sk-two", at: p.now, context: context)
            await expectRefusal(.malformed) { try await p.broker.rotateKey(wrong, alias: p.alias, call: p.call) }
        }
        var long = message
        long.graceSeconds = 90 * 86_400 + 1
        await expectRefusal(.malformed) { try await p.broker.rotateKey(long, alias: p.alias, call: p.call) }
        let writer = try await p.owner.access(on: p.fixture, as: p.call)
        let fresh = try await p.recipients()
        let byWriter = try writer.addition(fresh, value: "sk-two", at: p.now)
        await expectRefusal(.forbidden) { try await p.broker.rotateKey(byWriter, alias: p.alias, call: p.call) }
        let byOwner = try p.owner.addition(fresh, value: "sk-two", at: p.now)
        let call = try await writer.call(to: p.fixture)
        await expectRefusal(.forbidden) { try await p.broker.rotateKey(byOwner, alias: p.alias, call: call) }
        await expectRefusal(.aliasUnknown) {
            try await p.broker.rotateKey(byOwner, alias: try TestOwner.unwrapped(Alias("nothing")), call: p.call)
        }
        #expect(try await p.states() == [.active])
    }

    @Test func aWriterChangesNeitherDestinationNorInjection() async throws {
        let p = try await Self.prepared()
        let writer = try await p.owner.access(on: p.fixture, as: p.call)
        let call = try await writer.call(to: p.fixture)
        let recipients = try await p.recipients(as: call)
        var redirected = recipients
        redirected.key.destination = try Destination(url: "https://evil.example.com/v1")
        var reinjected = recipients
        reinjected.key.injection = .header(name: "x-api-key", prefix: "", suffix: "")
        var renamed = recipients
        renamed.key.alias = try TestOwner.unwrapped(Alias("other"))
        for altered in [redirected, reinjected, renamed] {
            let message = try writer.addition(altered, value: "sk-evil", at: p.now)
            await expectRefusal(.signatureInvalid) { try await p.broker.rotateKey(message, alias: p.alias, call: call) }
        }
        _ = try await p.broker.rotateKey(try writer.addition(recipients, value: "sk-two", at: p.now), alias: p.alias, call: call)
        let key = try TestOwner.unwrapped(try await p.broker.listKeys(call: p.call).keys.first)
        #expect(key.destination == recipients.key.destination)
        #expect(key.injection == recipients.key.injection)
    }

    @Test func refusesSealsThatAreNotToExactlyTheLiveSessions() async throws {
        let p = try await Self.prepared()
        let session = try await p.owner.unlockText(on: p.fixture, as: p.call)
        let gone = try await p.owner.unlockText(on: p.fixture, as: p.call)
        _ = try await p.broker.revokeSession(gone.session.sessionID, call: p.call)
        let recipients = try await p.recipients()
        #expect(recipients.sessions.map(\.sessionID) == [session.session.sessionID])
        let message = try p.owner.addition(recipients, value: "sk-two", at: p.now)
        var missing = message
        missing.sessionSeals = []
        var twice = message
        twice.sessionSeals += twice.sessionSeals
        var foreign = message
        foreign.sessionSeals[0].sessionID = gone.session.sessionID
        var short = message
        short.sessionSeals[0].seal = Blob([1, 2, 3])
        for altered in [missing, twice, foreign, short] {
            await expectRefusal(.malformed) { try await p.broker.rotateKey(altered, alias: p.alias, call: p.call) }
        }
        #expect(try await p.states() == [.active])
    }

    @Test func aLiveSessionOpensTheNewKeyByItsSealAndAfterARestartByItsEntry() async throws {
        let p = try await Self.prepared()
        let token = try await p.owner.unlockText(on: p.fixture, as: p.call).token
        #expect(try p.fixture.use(token) == OpenedKey(value: "sk-test-0123456789", receipt: "openai@1"))
        let running = try p.fixture.admit(token)
        let answer = try await p.owner.rotate(to: "sk-two", on: p.fixture, as: p.call)
        #expect(answer.keys.first?.versions.map(\.state) == [.grace, .active])
        #expect(answer.keys.first?.versions.first?.graceUntil == p.now + 3600)
        // A call that was let in before goes on with the version it was let in with.
        #expect(try p.fixture.open(running, token: token) == OpenedKey(value: "sk-test-0123456789", receipt: "openai@1"))
        #expect(running.reasonToEnd(now: p.now) == nil)
        // A restart before the seal was opened finds the seal.
        let early = try await BrokerFixture(sharing: p.fixture)
        #expect(try early.use(token) == OpenedKey(value: "sk-two", receipt: "openai@2"))
        #expect(try p.fixture.use(token) == OpenedKey(value: "sk-two", receipt: "openai@2"))
        let before = p.fixture.custody.unwrapped
        await p.broker.storeConverted()
        await early.broker.storeConverted()
        await p.broker.reload(p.owner.id)
        #expect(p.fixture.custody.unwrapped == before, "what was just wrapped is not unwrapped again")
        let state = try await p.fixture.store.accountState(of: p.owner.id, now: p.now)
        #expect(state.sessions.flatMap(\.seals).isEmpty)
        #expect(Set(state.sessions.flatMap(\.entries).map(\.version)) == [1, 2])
        #expect(try p.fixture.use(token).value == "sk-two")
        let late = try await BrokerFixture(sharing: p.fixture)
        #expect(late.broker.readiness.integrity == [])
        #expect(try late.use(token) == OpenedKey(value: "sk-two", receipt: "openai@2"))
        #expect(late.sessions.drainConvertedEntries().isEmpty)
    }

    @Test func otherBrokersOnTheStoreFollow() async throws {
        let p = try await Self.prepared()
        let token = try await p.owner.unlockText(on: p.fixture, as: p.call).token
        let writer = try await p.owner.access(on: p.fixture, as: p.call)
        let other = try await BrokerFixture(sharing: p.fixture)
        let running = try other.admit(token)
        try await p.owner.rotate(to: "sk-two", on: p.fixture, as: p.call)
        #expect(try other.use(token).receipt == "openai@1")
        await other.broker.followChanges()
        #expect(try other.use(token) == OpenedKey(value: "sk-two", receipt: "openai@2"))
        #expect(running.reasonToEnd(now: p.now) == nil)
        // This one stores its entry first; the other one has its seal still, and goes on with it while it cannot ask the KEK.
        _ = try p.fixture.use(token)
        await p.broker.storeConverted()
        other.custody.setAway(true)
        await other.broker.reload(p.owner.id)
        await other.broker.reload(p.owner.id)
        #expect(try other.use(token) == OpenedKey(value: "sk-two", receipt: "openai@2"))
        other.custody.setAway(false)
        await other.broker.retryWaiting()
        #expect(try other.use(token) == OpenedKey(value: "sk-two", receipt: "openai@2"))
        #expect(other.broker.readiness.integrity == [])
        await other.broker.storeConverted()
        // An access file revoked here ends there at once: nobody remembers what it may.
        let call = try await writer.call(to: other)
        _ = try await p.broker.revokeAccess(writer.message.writerID, call: p.call)
        await expectRefusal(.accessEnded) { try await other.broker.listKeys(call: call) }
        // What was retired there is retired here.
        _ = try await other.broker.retireVersion(1, of: p.alias, call: p.call)
        await p.broker.followChanges()
        #expect(try p.fixture.use(token).receipt == "openai@2")
    }

    @Test func aCallThatNeedsTheKEKSaysSo() async throws {
        let p = try await Self.prepared()
        let token = try await p.owner.unlockText(on: p.fixture, as: p.call).token
        let other = try await BrokerFixture(sharing: p.fixture)
        try await p.owner.rotate(to: "sk-two", activate: false, on: p.fixture, as: p.call)
        other.custody.setAway(true)
        await other.broker.followChanges()
        #expect(try other.use(token).receipt == "openai@1", "the active version is there")
        _ = try await p.broker.activateVersion(2, of: p.alias, graceSeconds: 60, call: p.call)
        await other.broker.followChanges()
        #expect(other.refusal(token) == .kekUnreachable)
        other.custody.setAway(false)
        await other.broker.retryWaiting()
        #expect(try other.use(token).receipt == "openai@2")
    }

    @Test func keepsConvertedEntriesWhileTheKEKIsAway() async throws {
        let p = try await Self.prepared()
        let token = try await p.owner.unlockText(on: p.fixture, as: p.call).token
        try await p.owner.rotate(to: "sk-two", on: p.fixture, as: p.call)
        _ = try p.fixture.use(token)
        p.fixture.custody.setAway(true)
        await p.broker.storeConverted()
        await p.broker.storeConverted()
        func seals() async throws -> Int {
            try await p.fixture.store.accountState(of: p.owner.id, now: p.now).sessions.flatMap(\.seals).count
        }
        #expect(try await seals() == 1)
        #expect(try p.fixture.use(token).value == "sk-two", "calls go on")
        p.fixture.custody.setAway(false)
        await p.broker.retryWaiting()
        await p.broker.storeConverted()
        #expect(try await seals() == 0)
    }

    @Test func storesNothingWhileTheKEKIsAway() async throws {
        let p = try await Self.prepared()
        let message = try p.owner.addition(try await p.recipients(), value: "sk-two", at: p.now)
        p.fixture.custody.setAway(true)
        await expectRefusal(.kekUnreachable) { try await p.broker.rotateKey(message, alias: p.alias, call: p.call) }
        #expect(try await p.states() == [.active])
        p.fixture.custody.setAway(false)
        _ = try await p.broker.rotateKey(message, alias: p.alias, call: p.call)
    }

    @Test func aSessionMadeBesideARotationNeverMissesTheNewVersion() async throws {
        let p = try await Self.prepared()
        for round in 0..<12 {
            let recipients = try await p.recipients()
            let list = try await p.broker.unlock(.init(aliases: [p.alias]), call: p.call)
            let addition = try p.owner.addition(recipients, value: "sk-round-\(round)", grace: 0, at: p.now)
            let (session, box) = try p.owner.session(list, at: p.now)
            async let rotated = try? p.broker.rotateKey(addition, alias: p.alias, call: p.call)
            async let made = try? p.broker.createSession(session, call: p.call)
            let (isRotated, isMade) = (await rotated != nil, await made != nil)
            #expect(isRotated != isMade, "both commit against one revision, so one of them reads again")
            if isRotated {
                let token = try TestOwner.text(box)
                #expect(p.fixture.refusal(token) == .tokenUnknown)
            } else {
                // The loser reads who is there now, and the new session is among them.
                try await p.owner.rotate(to: "sk-round-\(round)", grace: 0, on: p.fixture, as: p.call)
                let token = try TestOwner.text(box)
                #expect(try p.fixture.use(token).value == "sk-round-\(round)")
            }
            _ = try await p.broker.lock(call: p.call)
        }
    }

    @Test func onlyTheWriterThatChoseADestinationRotatesAKeyTheOwnerHasNotConfirmed() async throws {
        let p = try await Self.prepared()
        let (first, second) = (
            try await p.owner.access("first", on: p.fixture, as: p.call), try await p.owner.access("second", on: p.fixture, as: p.call)
        )
        let calls = (try await first.call(to: p.fixture), try await second.call(to: p.fixture))
        let alias = try TestOwner.unwrapped(Alias("new"))
        let account = try await p.broker.showAccount(call: calls.0)
        _ = try await p.broker.enrollKey(try first.enrolment("new", account: account, at: p.now), call: calls.0)
        func rotate(_ writer: TestWriter, _ call: Call) async throws {
            let recipients = try await p.broker.listRecipients(alias, call: call)
            #expect(!recipients.writers.isEmpty)
            _ = try await p.broker.rotateKey(try writer.addition(recipients, value: "sk-next", at: p.now), alias: alias, call: call)
        }
        await expectRefusal(.forbidden) { try await rotate(second, calls.1) }
        try await rotate(first, calls.0)
        await expectRefusal(.forbidden) { try await rotate(second, calls.1) }
        try await p.owner.rotate("new", to: "sk-confirmed", on: p.fixture, as: p.call)
        try await rotate(second, calls.1)
        #expect(p.broker.readiness.integrity == [])
    }

    @Test func anAccessFileThatEndsBetweenReadingAndWritingWritesNothing() async throws {
        let p = try await Self.prepared()
        let writer = try await p.owner.access(on: p.fixture, as: p.call)
        let call = try await writer.call(to: p.fixture)
        let message = try writer.addition(try await p.recipients(as: call), value: "sk-two", at: p.now)
        _ = try await p.broker.revokeAccess(writer.message.writerID, call: p.call)
        await expectRefusal(.accessEnded) { try await p.broker.rotateKey(message, alias: p.alias, call: call) }
        #expect(try await p.states() == [.active])
    }

    @Test func aKeyHasAtMostEightVersionsThatAreNotRetired() async throws {
        let p = try await Self.prepared()
        for number in 2...8 { try await p.owner.rotate(to: "sk-\(number)", activate: false, on: p.fixture, as: p.call) }
        await expectRefusal(.forbidden) { try await p.owner.rotate(to: "sk-9", activate: false, on: p.fixture, as: p.call) }
        _ = try await p.broker.retireVersion(2, of: p.alias, call: p.call)
        try await p.owner.rotate(to: "sk-9", activate: false, on: p.fixture, as: p.call)
    }

    @Test func revokingAKeyEndsCallsOfEveryVersion() async throws {
        let p = try await Self.prepared()
        let token = try await p.owner.unlockText(on: p.fixture, as: p.call).token
        let old = try p.fixture.admit(token)
        try await p.owner.rotate(to: "sk-two", on: p.fixture, as: p.call)
        let new = try p.fixture.admit(token)
        #expect(old.reasonToEnd(now: p.now) == nil)
        _ = try await p.broker.revokeKey(p.alias, account: nil, call: p.call)
        #expect(old.reasonToEnd(now: p.now)?.code == .keyRevoked)
        #expect(new.reasonToEnd(now: p.now)?.code == .keyRevoked)
    }
}
