import Custody
import Foundation
import Model
import Sessions
import Store
import Testing

@testable import Broker
@testable import Store

/// Where a store's KEK is: other keyrings, keyrings at other places, and moves.
@Suite struct KEKPlaceTests {
    @Test func refusesToWrapWithAKeyringThatIsNotTheStores() async throws {
        let scene = try await KEKScene.make(keys: 1, sessions: 1)
        let elsewhere = scene.fixture.directory + "/elsewhere/keyring"
        try KeyringFile.create(at: elsewhere, dataDirectory: scene.fixture.directory + "/data", now: 1)
        let wrong = try await BrokerFixture(sharing: scene.fixture, moving: true, kek: "file:\(elsewhere)")
        await expectRefusal(.kekUnreachable) { try await TestOwner("bob").create(on: wrong) }
        #expect(wrong.broker.readiness.status == "degraded")
        try await scene.expectEverythingOpens()
    }

    @Test func takesTheSameKeyringAtAnotherPlace() async throws {
        let scene = try await KEKScene.make(keys: 1, sessions: 1)
        let elsewhere = scene.fixture.directory + "/elsewhere/keyring"
        try FileManager.default.createDirectory(
            atPath: scene.fixture.directory + "/elsewhere", withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        try FileManager.default.moveItem(atPath: scene.fixture.keyring, toPath: elsewhere)
        let other = try await BrokerFixture(sharing: scene.fixture, moving: true, kek: "file:\(elsewhere)", keyringIsGone: true)
        try await TestOwner("bob").create(on: other)
        let status = try await other.broker.showKEK(call: BrokerFixture.operatorCall)
        #expect(status.epochs.map(\.custody) == ["file:\(elsewhere)"])
        #expect(status.epochs.map(\.epoch) == [1])
    }

    @Test func movesToAnotherCustodyAndNeedsTheOldOneNoMore() async throws {
        let scene = try await KEKScene.make(moving: true)
        let new = "file:\(scene.fixture.directory)/new/keyring"
        await expectRefusal(.malformed) { try await scene.rotate(to: "gopher:/x") }
        await expectRefusal(.malformed) { try await scene.rotate(to: "file:\(scene.fixture.keyring)") }
        let before = try await scene.wraps()
        let begun = try await scene.rotate(to: new)
        #expect(begun.epoch == 2)
        #expect(try await scene.rotate(to: new).epoch == 2, "joined")
        await expectRefusal(.busy) { try await scene.rotate(to: "file:\(scene.fixture.directory)/third/keyring") }
        #expect(try await scene.status().movingFrom == "file:\(scene.fixture.keyring)")
        #expect(await scene.broker.attemptKEKJob() == nil)
        #expect(try await scene.rotation().state == "done")
        #expect(try await scene.status().movingFrom == nil)
        #expect(try await scene.wraps().isDisjoint(with: before))
        try FileManager.default.removeItem(atPath: scene.fixture.keyring)
        for kek in [new, "file:\(scene.fixture.keyring)"] {
            try await scene.expectEverythingOpens(kek: kek, moving: true, keyringIsGone: true)
        }
    }

    @Test(arguments: [false, true]) func aMoveThatIsBrokenOffGoesOnWithEitherCustody(old: Bool) async throws {
        let scene = try await KEKScene.make(moving: true)
        let new = "file:\(scene.fixture.directory)/new/keyring"
        for steps in 0... {
            let target = steps % 2 == 0 ? new : "file:\(scene.fixture.keyring)"
            let source = steps % 2 == 0 ? "file:\(scene.fixture.keyring)" : new
            _ = try await scene.rotate(to: target)
            scene.fixture.kekStore.breakOff(after: steps, happensFirst: false)
            _ = await scene.broker.attemptKEKJob()
            let isBroken = scene.fixture.kekStore.isBroken
            scene.fixture.kekStore.breakOff(after: nil, happensFirst: false)
            guard isBroken else {
                #expect(steps > 10)
                break
            }
            try await scene.expectEverythingOpens(kek: old ? source : target, moving: true)
            let restarted = try await BrokerFixture(sharing: scene.fixture, moving: true, kek: old ? source : target)
            scene.fixture.clock.advance(seconds: Broker.kekStaleSeconds)
            #expect(await restarted.broker.attemptKEKJob() == nil)
            #expect(try await scene.rotation().state == "done", "broken off after \(steps) steps")
            await scene.broker.retryWaiting()
            #expect(try await scene.status().movingFrom == nil)
        }
    }

    @Test func aBrokerFollowsAnothersMove() async throws {
        let scene = try await KEKScene.make(moving: true)
        let other = try await BrokerFixture(sharing: scene.fixture, moving: true)
        _ = try await scene.rotate(to: "file:\(scene.fixture.directory)/new/keyring")
        try await TestOwner("bob").create(on: other)
        #expect(await scene.broker.attemptKEKJob() == nil)
        await other.broker.reload(scene.owner.id)
        #expect(other.broker.readiness.integrity == [])
        #expect(other.sessions.liveCount == scene.tokens.count)
        let again = try await scene.owner.login(to: other)
        _ = try await other.broker.unlock(.init(aliases: []), call: again)
    }

    @Test func aBrokerThatHasNotFollowedAMoveDoesItsJobWithTheNewCustodyOnly() async throws {
        let scene = try await KEKScene.make(moving: true)
        let other = try await BrokerFixture(sharing: scene.fixture, moving: true)
        let new = "file:\(scene.fixture.directory)/new/keyring"
        _ = try await scene.rotate(to: new)
        #expect(await other.broker.attemptKEKJob() == nil)
        #expect(try await scene.rotation().state == "done")
        await scene.broker.retryWaiting()
        try FileManager.default.removeItem(atPath: scene.fixture.keyring)
        try await scene.expectEverythingOpens(kek: new, moving: true, keyringIsGone: true)
    }

    @Test func aBrokerThatHasNotFollowedAMoveBeginsNoOther() async throws {
        let scene = try await KEKScene.make(keys: 1, sessions: 1, moving: true)
        let other = try await BrokerFixture(sharing: scene.fixture, moving: true)
        let third = KEKMessages.Rotate(to: "file:\(scene.fixture.directory)/third/keyring")
        _ = try await scene.rotate(to: "file:\(scene.fixture.directory)/new/keyring")
        await expectRefusal(.busy) { try await other.broker.rotateKEK(third, call: BrokerFixture.operatorCall) }
        let file = CustodyMoveFile(directory: scene.fixture.directory + "/config", storeID: scene.fixture.store.storeID.description)
        #expect(try file.read()?.to == "file:\(scene.fixture.directory)/new/keyring")
    }

    @Test func refusesAnotherKeyringAtTheSamePlace() async throws {
        let scene = try await KEKScene.make(keys: 1, sessions: 1)
        try FileManager.default.removeItem(atPath: scene.fixture.keyring)
        try KeyringFile.create(at: scene.fixture.keyring, dataDirectory: scene.fixture.directory + "/data", now: 1)
        let wrong = try await BrokerFixture(sharing: scene.fixture)
        await expectRefusal(.kekUnreachable) { try await TestOwner("bob").create(on: wrong) }
        #expect(wrong.broker.readiness.status == "degraded")
    }

    @Test func aMoveWhoseJobWasNeverWrittenDownIsBegunAgain() async throws {
        let scene = try await KEKScene.make(keys: 1, sessions: 1, moving: true)
        let data = scene.fixture.directory + "/data"
        let new = scene.fixture.directory + "/new/keyring"
        try KeyringFile.create(at: new, dataDirectory: data, now: 1)
        let file = CustodyMoveFile(directory: scene.fixture.directory + "/config", storeID: scene.fixture.store.storeID.description)
        try file.write(CustodyMove(from: "file:\(scene.fixture.keyring)", to: "file:\(new)", isFinished: false))
        let restarted = try await BrokerFixture(sharing: scene.fixture, moving: true)
        await restarted.broker.retryWaiting()
        #expect(await restarted.broker.attemptKEKJob() == nil)
        #expect(try file.read()?.isFinished == true)
        try FileManager.default.removeItem(atPath: scene.fixture.keyring)
        try await scene.expectEverythingOpens(kek: "file:\(new)", moving: true, keyringIsGone: true)
    }

    @Test func aLookFromBeforeAMoveDoesNotEndIt() async throws {
        let scene = try await KEKScene.make(keys: 1, sessions: 1, moving: true)
        let (broker, old) = (scene.broker, "file:\(scene.fixture.keyring)")
        _ = try await scene.rotate(to: "file:\(scene.fixture.directory)/new/keyring")
        #expect(await broker.attemptKEKJob() == nil)
        // A look at the KEK under way, whose job has ended; and the next move, whose job does not stand in the store yet.
        let before = broker.pinnedKEK
        let version = try await before.custody.versions().current
        let set = try #require(broker.custodySet)
        try await set.beginMove(to: try await set.open(old)) { $0 == before.uri }
        try await broker.reconcileKEK(version: version, of: before)
        let file = CustodyMoveFile(directory: scene.fixture.directory + "/config", storeID: scene.fixture.store.storeID.description)
        #expect(set.predecessor == before.uri)
        #expect(try file.read()?.isFinished == false)
        // Nor does anybody while rows need the custody it comes from.
        await broker.finishMove(of: broker.pinnedKEK)
        #expect(set.predecessor == before.uri)
        #expect(try file.read()?.isFinished == false)
        #expect(try await KEKScene.open(scene.fixture.store, with: set).refused == 0)
    }

    @Test func refusesToMoveToTheSameKEKByAnotherName() async throws {
        let scene = try await KEKScene.make(keys: 1, sessions: 1, moving: true)
        let copy = scene.fixture.directory + "/new/keyring"
        try FileManager.default.createDirectory(
            atPath: scene.fixture.directory + "/new", withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        try FileManager.default.copyItem(atPath: scene.fixture.keyring, toPath: copy)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: copy)
        await expectRefusal(.malformed) { try await scene.rotate(to: "file:\(copy)") }
        #expect(try await scene.status().epochs.count == 1 && scene.broker.custodySet?.predecessor == nil)
    }

    @Test func comesBackToAPlaceWhoseKeyringWasMadeAnew() async throws {
        let scene = try await KEKScene.make(keys: 1, sessions: 1, moving: true)
        let (old, new) = ("file:\(scene.fixture.keyring)", "file:\(scene.fixture.directory)/new/keyring")
        for _ in 0..<3 {
            _ = try await scene.rotate()
            #expect(await scene.broker.attemptKEKJob() == nil)
        }
        _ = try await scene.rotate(to: new)
        #expect(await scene.broker.attemptKEKJob() == nil)
        try FileManager.default.removeItem(atPath: scene.fixture.keyring)
        _ = try await scene.rotate(to: old)
        #expect(await scene.broker.attemptKEKJob() == nil)
        #expect(try await scene.rotation().state == "done")
        #expect(try await scene.status().currentVersion == 5)
        try await scene.expectEverythingOpens(kek: old, moving: true)
    }

    @Test func refusesAnotherKeyringWithALaterVersionAtTheSamePlace() async throws {
        let scene = try await KEKScene.make(keys: 1, sessions: 1)
        try FileManager.default.removeItem(atPath: scene.fixture.keyring)
        try KeyringFile.create(at: scene.fixture.keyring, dataDirectory: scene.fixture.directory + "/data", now: 1)
        try await KeyringFile(path: scene.fixture.keyring, dataDirectory: scene.fixture.directory + "/data").addVersion(after: 1)
        let wrong = try await BrokerFixture(sharing: scene.fixture)
        await expectRefusal(.kekUnreachable) { try await TestOwner("bob").create(on: wrong) }
        #expect(wrong.broker.readiness.status == "degraded")
        #expect(try await scene.fixture.store.kekEpochs().map(\.version) == [1])
    }

    @Test func aStoreFromBeforeEpochsKeepsTheVersionsItsRowsName() async throws {
        let scene = try await KEKScene.make(keys: 1, sessions: 1)
        try await scene.alter("DELETE FROM kek_epochs")
        let restarted = try await BrokerFixture(sharing: scene.fixture)
        await restarted.broker.retryWaiting()
        let status = try await restarted.broker.showKEK(call: BrokerFixture.operatorCall)
        #expect(status.epochs.map(\.epoch) == [1])
        #expect(status.epochs.map { $0.rows.sum } == [UInt64(try await scene.wraps().count)])
    }
}
