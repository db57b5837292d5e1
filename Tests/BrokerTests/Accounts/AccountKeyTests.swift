import Broker
import Envelope
import Model
import Primitives
import Sessions
import Store
import Testing

@testable import class Broker.Broker

struct AccountKeyTests {
    private func change(
        _ p: RotateKeyTests.Prepared, keys: borrowing AccountKeys
    ) async throws -> RotationMessages.AccountKeyChange {
        let list = try await p.broker.unlock(.init(aliases: []), call: p.call)
        let account = try await p.broker.showAccount(call: p.call)
        var versions: [SealedVersion] = []
        for key in list.keys { versions += try KeyVerifier.verify(key, identity: p.owner.keys.publicIdentity, writers: .none) }
        return try AccountKeyRotation.make(keys: keys, account: account, versions: versions)
    }

    @Test func refusesWhatWasNotSignedAndWhatIsNotEverything() async throws {
        let p = try await RotateKeyTests.prepared()
        try await p.owner.rotate(to: "sk-two", activate: false, on: p.fixture, as: p.call)
        let message = try await change(p, keys: p.owner.keys)
        var fewer = message
        fewer.keys.removeLast()
        var swapped = message
        swapped.slots[0].accountKeySeal = message.keys[0].accountSeal
        var later = message
        later.revision += 1
        for altered in [fewer, swapped] {
            await expectRefusal(.signatureInvalid) { try await p.broker.rotateAccountKey(altered, call: p.call) }
        }
        await expectRefusal(.revisionConflict) { try await p.broker.rotateAccountKey(later, call: p.call) }
        // Signed well, but a version is missing: it could be opened by nobody afterwards.
        let account = try await p.broker.showAccount(call: p.call)
        let empty = try AccountKeyRotation.make(keys: p.owner.keys, account: account, versions: [])
        await expectRefusal(.malformed) { try await p.broker.rotateAccountKey(empty, call: p.call) }
        await expectRefusal(.loginRequired) { try await p.broker.rotateAccountKey(message, call: BrokerFixture.operatorCall) }
        p.fixture.custody.setAway(true)
        await expectRefusal(.kekUnreachable) { try await p.broker.rotateAccountKey(message, call: p.call) }
        p.fixture.custody.setAway(false)
        #expect(try await p.broker.showAccount(call: p.call).accountKey.epoch == 1)
        _ = try await p.broker.rotateAccountKey(message, call: p.call)
        await expectRefusal(.revisionConflict) { try await p.broker.rotateAccountKey(message, call: p.call) }
    }

    @Test func everySlotOpensTheNewKeyAndEveryVersionOpensWithIt() async throws {
        let p = try await RotateKeyTests.prepared()
        let token = try await p.owner.unlockText(on: p.fixture, as: p.call).token
        let old = try await p.broker.unlock(.init(aliases: []), call: p.call)
        let account = try await p.broker.rotateAccountKey(try await change(p, keys: p.owner.keys), call: p.call)
        #expect(account.accountKey.epoch == 2)
        #expect(try p.fixture.use(token).value == "sk-test-0123456789", "sessions go on")

        let challenge = try await p.broker.startLogin(.init(name: p.owner.name), call: BrokerFixture.anonymousCall)
        let loggedIn = try await p.broker.finishLogin(try p.owner.finish(challenge), call: BrokerFixture.anonymousCall)
        let keys = try p.owner.open(loggedIn.slot, account: loggedIn.account, minimumEpoch: 2)
        #expect(keys.epoch == 2)
        #expect(Blob(keys.account.publicKey.bytes) == account.accountKey.publicKey)
        let list = try await p.broker.unlock(.init(aliases: []), call: p.call)
        let identity = p.owner.keys.publicIdentity
        for key in list.keys {
            for version in try KeyVerifier.verify(key, identity: identity, writers: .none) {
                _ = try version.openDEK(with: keys)
                #expect(throws: EnvelopeError.self) { _ = try version.openDEK(with: p.owner.keys) }
            }
        }
        #expect(list.keys.map(\.versions.count) == old.keys.map(\.versions.count))
        let restarted = try await BrokerFixture(sharing: p.fixture)
        #expect(restarted.broker.readiness.integrity == [])
        // The next one goes from there.
        let again = try AccountKeyRotation.make(
            keys: keys, account: loggedIn.account,
            versions: list.keys.flatMap { try KeyVerifier.verify($0, identity: identity, writers: .none) })
        #expect(try await p.broker.rotateAccountKey(again, call: p.call).accountKey.epoch == 3)
    }

    @Test func aWritersEnrolmentForTheKeyBeforeIsRefused() async throws {
        let p = try await RotateKeyTests.prepared()
        let writer = try await p.owner.access(on: p.fixture, as: p.call)
        let call = try await writer.call(to: p.fixture)
        let before = try await p.broker.showAccount(call: call)
        _ = try await p.broker.rotateAccountKey(try await change(p, keys: p.owner.keys), call: p.call)
        let stale = try writer.enrolment("new", account: before, at: p.now)
        await expectRefusal(.revisionConflict) { try await p.broker.enrollKey(stale, call: call) }
        let fresh = try writer.enrolment("new", account: try await p.broker.showAccount(call: call), at: p.now)
        _ = try await p.broker.enrollKey(fresh, call: call)
    }
}
