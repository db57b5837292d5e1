import Custody
import Foundation
import Model
import Store
import Testing

@testable import Broker

/// A custody belongs to one store.
@Suite struct SharedCustodyTests {
    @Test func aVersionIsNotRetiredWhileAnotherStoreUsesTheSameCustody() async throws {
        let scene = try await KEKScene.make(keys: 1, sessions: 0, moving: true)
        let op = BrokerFixture.operatorCall
        _ = try await scene.rotate()
        #expect(await scene.broker.attemptKEKJob() == nil)
        let uri = try await scene.status().custody
        let other = scene.fixture.directory + "/config/kek-used-other"
        try Data("vault-kv:x\n\(uri)\n".utf8).write(to: URL(filePath: other))
        await expectRefusal(.kekInUse) { try await scene.broker.retireKEKVersion(1, call: op) }
        #expect(try await scene.status().epochs.map(\.state) == ["old", "current"])
        #expect(try await scene.fixture.custody.versions().all.map(\.number) == [1, 2])
        try Data("vault-kv:x\n".utf8).write(to: URL(filePath: other))
        _ = try await scene.broker.retireKEKVersion(1, call: op)
        #expect(try await scene.fixture.custody.versions().all.map(\.number) == [2])
    }
}
