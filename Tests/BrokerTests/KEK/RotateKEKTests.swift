import Custody
import Foundation
import Model
import SecretMemory
import Sessions
import Store
import Testing

@testable import Broker

@Suite struct RotateKEKTests {
    @Test func isForTheOperatorAlone() async throws {
        let scene = try await KEKScene.make(keys: 0, sessions: 0)
        let (broker, call) = (scene.broker, scene.call)
        await expectRefusal(.forbidden) { try await broker.showKEK(call: call) }
        await expectRefusal(.forbidden) { try await broker.showKEKRotation(call: call) }
        await expectRefusal(.forbidden) { try await broker.rotateKEK(KEKMessages.Rotate(), call: call) }
        await expectRefusal(.forbidden) { try await broker.newKEKVersion(call: call) }
        await expectRefusal(.forbidden) { try await broker.retireKEKVersion(1, call: call) }
        await expectRefusal(.notFound) { try await scene.rotation() }
    }

    @Test func refusesToRetireWhatIsNeeded() async throws {
        let scene = try await KEKScene.make()
        let op = BrokerFixture.operatorCall
        await expectRefusal(.kekInUse) { try await scene.broker.retireKEKVersion(1, call: op) }
        await expectRefusal(.notFound) { try await scene.broker.retireKEKVersion(7, call: op) }
        _ = try await scene.broker.newKEKVersion(call: op)
        await expectRefusal(.kekInUse) { try await scene.broker.retireKEKVersion(1, call: op) }
        _ = try await scene.rotate()
        await expectRefusal(.kekInUse) { try await scene.broker.retireKEKVersion(1, call: op) }
        #expect(try await scene.fixture.custody.versions().all.map(\.number) == [1, 2])
    }

    @Test func wrapsEverythingAnewAndLeavesNoOldWrapInTheFiles() async throws {
        let scene = try await KEKScene.make()
        let before = try await scene.wraps()
        let revision = try await scene.broker.showAccount(call: scene.call).revision
        let change = try await scene.fixture.store.changeCounter()
        let begun = try await scene.rotate()
        #expect(begun.epoch == 2)
        #expect(begun.total == UInt64(before.count))
        #expect(await scene.broker.attemptKEKJob() == nil)
        let done = try await scene.rotation()
        #expect(done.state == "done")
        #expect(done.rewrapped == UInt64(before.count))
        #expect(done.damaged == 0)
        let files = try scene.files()
        for wrap in before { #expect(files.range(of: Data(wrap.bytes.dropFirst(5).prefix(32))) == nil) }
        #expect(try await scene.wraps().isDisjoint(with: before))
        #expect(try await scene.broker.showAccount(call: scene.call).revision == revision)
        #expect(try await scene.fixture.store.changeCounter() == change)
        let status = try await scene.status()
        #expect(status.epochs.map(\.state) == ["old", "current"])
        #expect(status.epochs.map { $0.rows.sum } == [0, UInt64(before.count)])
        let records = try await scene.fixture.audited()
        #expect(records.contains { $0.actor == "operator" && $0.action == "rotate_kek" && $0.subject == "epoch 2" && $0.outcome == "ok" })
        #expect(records.contains { $0.actor == "broker" && $0.action == "kek_rewrapped" && $0.outcome == "ok" })
        try await scene.expectEverythingOpens()
    }

    @Test func rotatesAgainAndAgainWithANewVersionEachTime() async throws {
        let scene = try await KEKScene.make(keys: 1, sessions: 1)
        for epoch in 2...4 as ClosedRange<UInt32> {
            #expect(try await scene.rotate().epoch == epoch)
            #expect(try await scene.rotate().epoch == epoch, "joined")
            #expect(await scene.broker.attemptKEKJob() == nil)
        }
        _ = try await scene.broker.newKEKVersion(call: BrokerFixture.operatorCall)
        #expect(try await scene.rotate().epoch == 5, "the version that kek new made")
        #expect(await scene.broker.attemptKEKJob() == nil)
        #expect(try await scene.fixture.custody.versions().current == 5)
    }

    @Test func goesOnToAVersionThatIsMadeMeanwhile() async throws {
        let scene = try await KEKScene.make()
        _ = try await scene.rotate()
        _ = try await scene.fixture.custody.addVersion(after: 2)
        #expect(await scene.broker.attemptKEKJob() == .changed)
        #expect(await scene.broker.attemptKEKJob() == nil)
        let done = try await scene.rotation()
        #expect(done.state == "done")
        #expect(done.epoch == 3)
        try await scene.expectEverythingOpens()
    }

    @Test func whatIsEnrolledAndUnlockedMeanwhileIsUnderTheNewVersion() async throws {
        let scene = try await KEKScene.make()
        _ = try await scene.rotate()
        let (fixture, owner, call) = (scene.fixture, scene.owner, scene.call)
        fixture.kekStore.beforeNextReplace {
            do {
                try await owner.enroll("beside", on: fixture, as: call)
                _ = try await owner.unlock(on: fixture, as: call)
            } catch { Issue.record("\(error)") }
        }
        #expect(await scene.broker.attemptKEKJob() == nil)
        #expect(try await scene.rotation().state == "done")
        #expect(try await scene.status().epochs.map { $0.rows.sum == 0 } == [true, false])
    }

    @Test func neitherDisturbsLiveSessionsNorAsksTheKEKForThemAgain() async throws {
        let scene = try await KEKScene.make()
        _ = try await scene.rotate()
        #expect(await scene.broker.attemptKEKJob() == nil)
        let unwrapped = scene.fixture.custody.unwrapped
        try await scene.owner.enroll("later", on: scene.fixture, as: scene.call)
        #expect(scene.fixture.custody.unwrapped == unwrapped)
        #expect(scene.fixture.sessions.liveCount == scene.tokens.count)
    }

    @Test func anotherBrokerKeepsItsSessionsWhileTheKEKIsAway() async throws {
        let scene = try await KEKScene.make()
        let other = try await BrokerFixture(sharing: scene.fixture)
        #expect(other.sessions.liveCount == scene.tokens.count)
        _ = try await scene.rotate()
        #expect(await scene.broker.attemptKEKJob() == nil)
        other.custody.setAway(true)
        await other.broker.reload(scene.owner.id)
        #expect(other.sessions.liveCount == scene.tokens.count)
        for box in scene.tokens {
            let token = try TestOwner.unwrapped(box.take())
            _ = try await other.broker.authenticate(bearer: token)
        }
        other.custody.setAway(false)
        await other.broker.retryWaiting()
        #expect(other.broker.readiness.status == "ready")
    }

    @Test func namesDamagedRowsLeavesThemAndKeepsTheirVersion() async throws {
        let scene = try await KEKScene.make()
        for (table, column) in [("seals", "wrapped_seal"), ("session_entries", "wrapped_entry")] {
            try await scene.alter("UPDATE \(table) SET \(column) = CAST(substr(\(column), 1, 60) || x'00' AS BLOB) WHERE rowid = 2")
        }
        _ = try await scene.rotate()
        #expect(await scene.broker.attemptKEKJob() == nil)
        let done = try await scene.rotation()
        #expect(done.state == "damaged")
        #expect(done.damaged == 2)
        #expect(done.damagedRows.map { $0.prefix { $0 != ":" } }.sorted() == ["seals", "session_entries"])
        #expect(done.rewrapped == done.total - 2)
        await expectRefusal(.kekInUse) { try await scene.broker.retireKEKVersion(1, call: BrokerFixture.operatorCall) }
        #expect(Set(done.damagedRows).isSubset(of: Set(scene.broker.readiness.integrity)))
    }

    @Test func aRetiredVersionOpensNoCopyOfTheDatabaseFromBefore() async throws {
        let scene = try await KEKScene.make()
        let copy = scene.fixture.directory + "/copy"
        try SQLiteStore.makeDirectory(copy)
        _ = try await scene.fixture.store.truncateLog()
        try FileManager.default.copyItem(atPath: scene.fixture.store.path, toPath: copy + "/tacit.db")
        let old = try SQLiteStore(directory: copy)
        let count = try await scene.wraps().count
        #expect(try await KEKScene.open(old, with: scene.fixture.custody) == (count, 0))
        _ = try await scene.rotate()
        #expect(await scene.broker.attemptKEKJob() == nil)
        #expect(try await KEKScene.open(old, with: scene.fixture.custody) == (count, 0), "not retired yet")
        let op = BrokerFixture.operatorCall
        let status = try await scene.broker.retireKEKVersion(1, call: op)
        #expect(status.epochs.map(\.state) == ["retired", "current"])
        #expect(try await KEKScene.open(old, with: scene.fixture.custody) == (0, count))
        #expect(try await KEKScene.open(scene.fixture.store, with: scene.fixture.custody) == (count, 0))
        _ = try await scene.broker.retireKEKVersion(1, call: op)
        #expect(try await scene.fixture.custody.versions().all.map(\.number) == [2])
        try old.close()
    }

    @Test func retiringThatIsCutOffIsToldUntilItIsDone() async throws {
        let scene = try await KEKScene.make(keys: 1, sessions: 0)
        _ = try await scene.rotate()
        #expect(await scene.broker.attemptKEKJob() == nil)
        let op = BrokerFixture.operatorCall
        scene.fixture.custody.setAway(true)
        await expectRefusal(.kekUnreachable) { try await scene.broker.retireKEKVersion(1, call: op) }
        scene.fixture.custody.setAway(false)
        #expect(try await scene.fixture.custody.versions().all.map(\.number) == [1, 2])
        let status = try await scene.status()
        #expect(status.state == "ok")
        #expect(status.cause == "version 1 is retired but not destroyed yet; run: tacit kek retire 1")
        #expect(try await scene.broker.retireKEKVersion(1, call: op).cause.isEmpty)
        #expect(try await scene.fixture.custody.versions().all.map(\.number) == [2])
    }

    @Test func aVersionThatRowsNeedAndTheKEKHasLostIsTold() async throws {
        let scene = try await KEKScene.make(keys: 1, sessions: 1)
        _ = try await scene.rotate()
        #expect(try await scene.status().cause.isEmpty)
        let lines = try String(contentsOfFile: scene.fixture.keyring, encoding: .utf8).split(separator: "\n")
        let without = lines.filter { !$0.hasPrefix("1 ") }.joined(separator: "\n") + "\n"
        try without.write(toFile: scene.fixture.keyring, atomically: false, encoding: .utf8)
        let status = try await scene.status()
        #expect(status.cause == "rows need version 1, which the KEK does not hold any more; restore it from its backup")
    }

    @Test func falseLoginsAreAnsweredAsBeforeAfterAVersionIsGone() async throws {
        let scene = try await KEKScene.make(keys: 0, sessions: 0)
        let other = try await BrokerFixture(sharing: scene.fixture)
        _ = try await scene.rotate()
        #expect(await scene.broker.attemptKEKJob() == nil)
        _ = try await scene.broker.retireKEKVersion(1, call: BrokerFixture.operatorCall)
        let stranger = try TestOwner("nobody-here")
        for fixture in [scene.fixture, other] {
            let challenge = try await fixture.broker.startLogin(.init(name: stranger.name), call: BrokerFixture.anonymousCall)
            await expectRefusal(.loginFailed) {
                try await fixture.broker.finishLogin(try stranger.finish(challenge), call: BrokerFixture.anonymousCall)
            }
        }
    }
}
