import Broker
import Custody
import Envelope
import Foundation
import GRDB
import Model
import SecretMemory
import Sessions
import Store
import Testing

@testable import Broker
@testable import Store

/// A broker with an account, keys and live sessions, and what a test of the KEK's rotation looks at.
struct KEKScene {
    let fixture: BrokerFixture
    let owner: TestOwner
    let call: Call
    let tokens: [SecretBox]

    /// - Parameters:
    ///   - keys: how many are enrolled.
    ///   - sessions: how many live; each opens all keys.
    static func make(keys: Int = 3, sessions: Int = 2, moving: Bool = false) async throws -> KEKScene {
        let fixture = try await BrokerFixture(moving: moving)
        let owner = try TestOwner()
        try await owner.create(on: fixture)
        let call = try await owner.login(to: fixture)
        for number in 0..<keys { try await owner.enroll("key-\(number)", on: fixture, as: call) }
        var tokens: [SecretBox] = []
        for _ in 0..<sessions { tokens.append(try await owner.unlock(on: fixture, as: call).token) }
        return KEKScene(fixture: fixture, owner: owner, call: call, tokens: tokens)
    }

    var broker: Broker { fixture.broker }

    func rotate(to uri: String? = nil) async throws -> KEKMessages.Rotation {
        try await broker.rotateKEK(KEKMessages.Rotate(to: uri), call: BrokerFixture.operatorCall)
    }

    func rotation() async throws -> KEKMessages.Rotation { try await broker.showKEKRotation(call: BrokerFixture.operatorCall) }
    func status() async throws -> KEKMessages.Status { try await broker.showKEK(call: BrokerFixture.operatorCall) }

    /// Every wrap in the store, as it stands.
    func wraps() async throws -> Set<Blob> { try await Self.wraps(in: fixture.store) }

    static func wraps(in store: SQLiteStore) async throws -> Set<Blob> {
        var all: Set<Blob> = []
        for table in WrapTable.allCases {
            for wrap in try await store.staleWraps(in: table, below: .max, after: .min, limit: 100_000).wraps { all.insert(wrap.wrap) }
        }
        return all
    }

    /// What becomes of every wrap of a store with a custody: how many open under the context their row gives, how many do not.
    static func open(_ store: SQLiteStore, with custody: any Custody) async throws -> (opened: Int, refused: Int) {
        var (opened, refused) = (0, 0)
        for table in WrapTable.allCases {
            let batch = try await store.staleWraps(in: table, below: .max, after: .min, limit: 100_000)
            var contexts = StaleContexts(batch, storeID: store.storeID)
            for wrap in batch.wraps {
                let context = try TestOwner.unwrapped(contexts.context(of: wrap.subject))
                let isOpen: Bool
                if table == .secrets {
                    do { isOpen = try await custody.unwrapSecret(wrap.wrap, context: context).count > 0 } catch { isOpen = false }
                } else {
                    isOpen = (try? await custody.unwrap([UnwrapItem(wrap: wrap.wrap, context: context)])) != nil
                }
                if isOpen { opened += 1 } else { refused += 1 }
            }
        }
        return (opened, refused)
    }

    /// That all keys unlock and all sessions are known, at a broker that starts anew on the store.
    func expectEverythingOpens(
        kek: String? = nil, moving: Bool = false, keyringIsGone: Bool = false, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let restarted = try await BrokerFixture(sharing: fixture, moving: moving, kek: kek, keyringIsGone: keyringIsGone)
        #expect(restarted.broker.readiness.status == "ready", sourceLocation: sourceLocation)
        #expect(restarted.broker.readiness.integrity == [], sourceLocation: sourceLocation)
        let again = try await owner.login(to: restarted)
        let list = try await restarted.broker.unlock(.init(aliases: []), call: again)
        for key in list.keys { _ = try KeyVerifier.verify(key, identity: owner.keys.publicIdentity, writers: .none) }
        #expect(list.keys.allSatisfy { $0.versions.allSatisfy { $0.accountSeal != nil } }, sourceLocation: sourceLocation)
        #expect(restarted.sessions.liveCount == tokens.count, sourceLocation: sourceLocation)
    }

    /// Bytes of the database and of its log.
    func files() throws -> Data {
        var bytes = try Data(contentsOf: URL(fileURLWithPath: fixture.store.path))
        if let log = try? Data(contentsOf: URL(fileURLWithPath: fixture.store.path + "-wal")) { bytes += log }
        return bytes
    }

    func alter(_ sql: String) async throws { try await fixture.store.pool.write { db in try db.execute(sql: sql) } }
}
