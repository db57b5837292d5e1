import Broker
import Custody
import Envelope
import Foundation
import Model
import Sessions
import Store
import Testing

@testable import class Broker.Broker

struct VersionLifeTests {
    private typealias Prepared = RotateKeyTests.Prepared

    @Test func activatesRollsBackAndRetires() async throws {
        let p = try await RotateKeyTests.prepared()
        let token = try await p.owner.unlockText(on: p.fixture, as: p.call).token
        try await p.owner.rotate(to: "sk-two", activate: false, on: p.fixture, as: p.call)
        #expect(try await p.states() == [.active, .pending])
        #expect(try p.fixture.use(token).receipt == "openai@1")
        await expectRefusal(.notFound) { try await p.broker.activateVersion(3, of: p.alias, graceSeconds: 60, call: p.call) }
        await expectRefusal(.versionState) { try await p.broker.rollBackVersion(2, of: p.alias, call: p.call) }
        await expectRefusal(.versionState) { try await p.broker.retireVersion(1, of: p.alias, call: p.call) }
        await expectRefusal(.malformed) { try await p.broker.activateVersion(2, of: p.alias, graceSeconds: .max, call: p.call) }

        let activated = try await p.broker.activateVersion(2, of: p.alias, graceSeconds: 60, call: p.call)
        #expect(try await p.broker.activateVersion(2, of: p.alias, graceSeconds: 0, call: p.call) == activated, "twice changes nothing")
        #expect(try p.fixture.use(token) == OpenedKey(value: "sk-two", receipt: "openai@2"))
        await expectRefusal(.versionState) { try await p.broker.activateVersion(1, of: p.alias, graceSeconds: 0, call: p.call) }
        _ = try await p.broker.rollBackVersion(1, of: p.alias, call: p.call)
        #expect(try await p.states() == [.active, .pending])
        #expect(try p.fixture.use(token) == OpenedKey(value: "sk-test-0123456789", receipt: "openai@1"))
        _ = try await p.broker.retireVersion(2, of: p.alias, call: p.call)
        _ = try await p.broker.retireVersion(2, of: p.alias, call: p.call)
        #expect(try await p.states() == [.active, .retired])
        await expectRefusal(.versionState) { try await p.broker.activateVersion(2, of: p.alias, graceSeconds: 0, call: p.call) }
        let audited = try await p.fixture.audited().filter { $0.subject == "openai@2" && $0.outcome == "ok" }.map(\.action)
        #expect(audited == ["rotate_key", "activate_version", "activate_version", "retire_version", "retire_version"])
    }

    @Test func nothingComesBackOnceItsGraceIsOver() async throws {
        let p = try await RotateKeyTests.prepared()
        try await p.owner.rotate(to: "sk-two", grace: 60, on: p.fixture, as: p.call)
        p.fixture.clock.advance(seconds: 59)
        await p.broker.retireDue()
        #expect(try await p.states() == [.grace, .active])
        p.fixture.clock.advance(seconds: 1)
        await expectRefusal(.versionState) { try await p.broker.rollBackVersion(1, of: p.alias, call: p.call) }
        await p.broker.retireDue()
        await p.broker.retireDue()
        #expect(try await p.states() == [.retired, .active])
        let written = try await p.fixture.audited().filter { $0.actor == "broker" }
        #expect(written.map(\.action) == ["retire_version"])
        #expect(written.map(\.subject) == ["openai@1"])
        #expect(written.map(\.accountID) == [p.owner.id])
    }

    @Test func retiringNeedsNoKEKAndActivatingNeither() async throws {
        let p = try await RotateKeyTests.prepared()
        let token = try await p.owner.unlockText(on: p.fixture, as: p.call).token
        try await p.owner.rotate(to: "sk-two", activate: false, on: p.fixture, as: p.call)
        p.fixture.custody.setAway(true)
        _ = try await p.broker.activateVersion(2, of: p.alias, graceSeconds: 60, call: p.call)
        #expect(try p.fixture.use(token).value == "sk-two")
        _ = try await p.broker.retireVersion(1, of: p.alias, call: p.call)
        #expect(try p.fixture.use(token).value == "sk-two")
    }

    @Test func aRetiredCiphertextIsInNoFileAnyMore() async throws {
        let p = try await RotateKeyTests.prepared()
        _ = try await p.owner.unlock(on: p.fixture, as: p.call)
        let state = try await p.fixture.store.accountState(of: p.owner.id, now: p.now)
        let version = try TestOwner.unwrapped(state.keys.first?.versions.first)
        let seal = try TestOwner.unwrapped(try await p.fixture.store.accountSeals(of: version.keyID).first)
        let entry = try TestOwner.unwrapped(state.sessions.first?.entries.first)
        let gone = [version.ciphertext, seal.wrappedSeal, entry.wrappedEntry].map { Data($0.bytes) }
        func places() throws -> Int {
            let files = ["tacit.db", "tacit.db-wal"].compactMap {
                FileManager.default.contents(atPath: p.fixture.directory + "/data/" + $0)
            }
            #expect(!files.isEmpty)
            return gone.count { secret in files.contains { $0.range(of: secret) != nil } }
        }
        #expect(try places() == 3)
        try await p.owner.rotate(to: "sk-two", grace: 60, on: p.fixture, as: p.call)
        #expect(try places() == 3)
        p.fixture.clock.advance(seconds: 60)
        await p.broker.retireDue()
        for _ in 0..<100 where try places() > 0 { try await Task.sleep(for: .milliseconds(50)) }
        #expect(try places() == 0)
    }

    @Test func listsLeaveOutRetiredVersionsThatNothingRestsOn() async throws {
        let p = try await RotateKeyTests.prepared()
        let writer = try await p.owner.access(on: p.fixture, as: p.call)
        let call = try await writer.call(to: p.fixture)
        try await p.owner.rotate(to: "sk-two", grace: 0, on: p.fixture, as: p.call)
        for _ in 3...7 {
            let message = try writer.addition(try await p.recipients(as: call), value: "sk-job", grace: 0, at: p.now)
            _ = try await p.broker.rotateKey(message, alias: p.alias, call: call)
        }
        let pending = try writer.addition(try await p.recipients(as: call), value: "sk-job", activate: false, at: p.now)
        _ = try await p.broker.rotateKey(pending, alias: p.alias, call: call)
        let list = try await p.broker.retireVersion(8, of: p.alias, call: call)
        // The first, the newest that the identity key signed, the active one, and the newest.
        #expect(list.keys.first?.versions.map(\.version) == [1, 2, 7, 8])
        #expect(try await p.broker.listKeys(call: p.call).keys == list.keys)
        #expect(try await p.recipients().key == list.keys.first)
        #expect(try await p.fixture.store.versions(of: list.keys[0].keyID).count == 8)
        try await p.owner.rotate(to: "sk-nine", on: p.fixture, as: p.call)
        #expect(try await p.broker.listKeys(call: p.call).keys.first?.versions.map(\.version) == [1, 7, 9])
    }

    @Test func anAlteredVersionReplacesNothing() async throws {
        let p = try await RotateKeyTests.prepared()
        try await p.owner.rotate(to: "sk-two", activate: false, on: p.fixture, as: p.call)
        // Somebody with write access exchanges the pending ciphertext.
        let keys = try await p.fixture.store.keys(of: p.owner.id)
        try p.fixture.alter(
            "UPDATE key_versions SET ciphertext = (SELECT ciphertext FROM key_versions WHERE version = 1) WHERE version = 2")
        await expectRefusal(.integrity) { try await p.broker.activateVersion(2, of: p.alias, graceSeconds: 60, call: p.call) }
        #expect(try await p.states() == [.active, .pending])
        #expect(p.broker.readiness.integrity == ["key_versions:\(keys[0].id)@2"])
    }

    @Test func exportsOnlyToAFreshLogin() async throws {
        let p = try await RotateKeyTests.prepared()
        try await p.owner.rotate(to: "sk-two", activate: false, on: p.fixture, as: p.call)
        let list = try await p.broker.exportCiphertexts(p.alias, call: p.call)
        let key = try TestOwner.unwrapped(list.keys.first)
        let versions = try KeyVerifier.verify(key, identity: p.owner.keys.publicIdentity, writers: .none)
        #expect(versions.map(\.state) == [.active, .pending])
        #expect(key.versions.allSatisfy { $0.ciphertext.map(KeyCiphertext.digest) == $0.ciphertextDigest })
        for version in versions { _ = try version.openDEK(with: p.owner.keys) }
        p.fixture.clock.advance(seconds: 60)
        _ = try await p.broker.exportCiphertexts(p.alias, call: p.call)
        p.fixture.clock.advance(seconds: 1)
        await expectRefusal(.loginRequired) { try await p.broker.exportCiphertexts(p.alias, call: p.call) }
        await expectRefusal(.loginRequired) { try await p.broker.exportCiphertexts(p.alias, call: BrokerFixture.operatorCall) }
        _ = try await p.broker.listKeys(call: p.call)
        let again = try await p.owner.login(to: p.fixture)
        p.fixture.custody.setAway(true)
        await expectRefusal(.kekUnreachable) { try await p.broker.exportCiphertexts(p.alias, call: again) }
    }

    @Test func warnsOfALeaseThatEndsSoonOnceADay() async throws {
        let p = try await RotateKeyTests.prepared()
        let list = try await p.broker.unlock(.init(aliases: []), call: p.call)
        let lease = SessionPolicy(kind: .lease)
        let message = try p.owner.session(list, at: p.now, lifetime: 5 * 86_400, policy: lease).message
        _ = try await p.broker.createSession(message, call: p.call)
        #expect(await p.broker.leasesToWarnOf().isEmpty)
        p.fixture.clock.advance(seconds: 2 * 86_400)
        #expect(await p.broker.leasesToWarnOf().map(\.id) == [message.sessionID])
        #expect(await p.broker.leasesToWarnOf().isEmpty, "once a day")
        p.fixture.clock.advance(seconds: 86_400)
        #expect(await p.broker.leasesToWarnOf().map(\.id) == [message.sessionID])
        p.fixture.clock.advance(seconds: 2 * 86_400)
        #expect(await p.broker.leasesToWarnOf().isEmpty, "what ended needs no warning")
    }
}
