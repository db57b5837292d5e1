import Foundation
import GRDB
import Model
import TacitTesting
import Testing

@testable import Store

@Suite struct DurabilityTests {
    @Test func `what was acknowledged is there after reopening, under the same store id`() async throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        let fixture = try StoreFixture(1)
        let first = try SQLiteStore(directory: directory.path)
        let key = try await fill(first, fixture)
        let before = try await first.accountState(of: fixture.accountID, now: StoreFixture.now)
        let id = first.storeID
        try first.close()
        let second = try SQLiteStore(directory: directory.path)
        #expect(second.storeID == id)
        #expect(try await second.accountState(of: fixture.accountID, now: StoreFixture.now) == before)
        #expect(try await second.keys(of: fixture.accountID) == [key])
        try second.close()
    }

    @Test func `what was acknowledged is in the files although nobody closed the store`() async throws {
        let (directory, copy) = (try TemporaryDirectory(), try TemporaryDirectory())
        defer {
            directory.remove()
            copy.remove()
        }
        let fixture = try StoreFixture(1)
        let store = try SQLiteStore(directory: directory.path)
        _ = try await fill(store, fixture)
        let before = try await store.accountState(of: fixture.accountID, now: StoreFixture.now)
        // What a killed process leaves behind: the database and its log, without the shared memory.
        for name in ["tacit.db", "tacit.db-wal"] {
            try FileManager.default.copyItem(atPath: directory.path + "/" + name, toPath: copy.path + "/" + name)
        }
        let log = try FileManager.default.attributesOfItem(atPath: copy.path + "/tacit.db-wal")[.size] as? Int
        #expect((log ?? 0) > 0)
        let survivor = try SQLiteStore(directory: copy.path)
        #expect(try await survivor.accountState(of: fixture.accountID, now: StoreFixture.now) == before)
        try survivor.close()
        try store.close()
    }

    @Test func `a transaction that began ends also where its task is cancelled`() async throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        let store = try SQLiteStore(directory: directory.path)
        let fixture = try StoreFixture(1)
        let task = Task {
            unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
            try await fixture.create(in: store)
        }
        try await task.value
        #expect(try await store.account(fixture.accountID) == fixture.account)
        try store.close()
    }

    @Test func `two stores on one file see each other's changes and make one audit chain`() async throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        let (one, two) = (try SQLiteStore(directory: directory.path), try SQLiteStore(directory: directory.path))
        #expect(one.storeID == two.storeID)
        let fixture = try StoreFixture(1)
        try await fixture.create(in: one)
        let counter = try await two.changeCounter()
        let key = try fixture.key(1, alias: "openai")
        try await fixture.enroll(key, in: two, at: 1)
        #expect(try await one.changedAccounts(since: counter).ids == [fixture.accountID])
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 1...20 {
                let store = number % 2 == 0 ? one : two
                group.addTask {
                    try await store.appendAudit { last in
                        let sequence = (last?.sequence ?? 0) + 1
                        return AuditRecord(
                            sequence: sequence, previousHash: last?.hash ?? Blob([UInt8](repeating: 0, count: 32)), timeMilliseconds: 1,
                            accountID: nil, actor: "broker", action: "a", subject: "", outcome: "ok", requestID: "",
                            hash: StoreFixture.bytes(32, UInt8(truncatingIfNeeded: sequence), 1))
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await one.audit(last: 50).map(\.sequence) == Array(1...20))
        try one.close()
        try two.close()
    }

    @Test func `stores that open at once on an empty directory agree`() async throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        let ids = try await withThrowingTaskGroup(of: StoreID.self) { group in
            for _ in 1...8 {
                group.addTask {
                    let store = try SQLiteStore(directory: directory.path)
                    let id = store.storeID
                    try store.close()
                    return id
                }
            }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(ids.count == 1)
    }

    @Test func `shredded bytes are in no file any more`() async throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        let store = try SQLiteStore(directory: directory.path)
        let fixture = try StoreFixture(1)
        let key = try await fill(store, fixture)
        let secrets = [
            Data(fixture.version(of: key).ciphertext.bytes), Data(fixture.seal(of: key).wrappedSeal.bytes),
            Data(fixture.entry(try fixture.session(1, keys: [key.id]), key.id).wrappedEntry.bytes),
        ]
        func places() throws -> [Int] {
            try secrets.enumerated().compactMap { index, secret in
                let files = try ["tacit.db", "tacit.db-wal"].map { try Data(contentsOf: URL(fileURLWithPath: directory.path + "/" + $0)) }
                return files.contains { $0.range(of: secret) != nil } ? index : nil
            }
        }
        #expect(try places() == [0, 1, 2])
        _ = try await store.revokeKey(key.id, of: fixture.accountID, at: 5)
        // Queued behind the log's shredding, on the same connection.
        try await store.pool.writeWithoutTransaction { _ in }
        #expect(try places() == [])
        try store.close()
    }

    private func fill(_ store: SQLiteStore, _ fixture: StoreFixture) async throws -> KeyRecord {
        try await fixture.create(in: store)
        let key = try fixture.key(1, alias: "openai")
        try await fixture.enroll(key, in: store, at: 1)
        let session = try fixture.session(1, keys: [key.id])
        _ = try await store.insertSession(session, entries: [fixture.entry(session, key.id)], kekEpoch: 1, expectedRevision: 2)
        return key
    }
}
