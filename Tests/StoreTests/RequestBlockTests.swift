import GRDB
import Model
import TacitTesting
import Testing

@testable import Store

/// What the protocol does not show of reserved requests.
@Suite struct RequestBlockTests {
    @Test(
        arguments: [
            (left: 0, wanted: 1, size: 0), (1, 1, 1), (1, 0, 1), (15, 0, 1), (100, 1, 6), (100, 40, 40), (100, 200, 100),
            (1_000_000, 1, 1_024), (1_000_000, 5_000, 1_024), (.max, .max, 1_024),
        ] as [(left: UInt64, wanted: UInt64, size: UInt64)])
    func `a block is a part of what is left`(left: UInt64, wanted: UInt64, size: UInt64) {
        #expect(RequestBlock.size(left: left, wanted: wanted) == size)
    }

    @Test(arguments: ["DELETE FROM session_requests", "UPDATE session_requests SET reserved = -1"])
    func `a count that was altered gives out nothing and is named`(change: String) async throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        let (store, session) = try await storeWithSession(directory)
        let account = try StoreFixture(1).accountID
        #expect(try await store.accountState(of: account, now: StoreFixture.now).faults == [])
        try await execute("PRAGMA ignore_check_constraints = ON", store)
        try await execute(change, store)
        let fault = IntegrityFault(table: "session_requests", id: session.description)
        let wanted = WantedRequests(session: session, maximum: 10, count: 1)
        #expect(try await store.reserveRequests([wanted]) == [.failure(.integrity(fault))])
        let state = try await store.accountState(of: account, now: StoreFixture.now)
        #expect(state.faults == [fault] && state.sessions.count == 1)
        try store.close()
    }

    @Test(arguments: [(requests: 7, left: 3), (10, 0), (4_000_000, 0), (-5, 10)] as [(requests: Int64, left: UInt64)])
    func `a store of the version before counts what was used`(requests: Int64, left: UInt64) async throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        let (before, session) = try await storeWithSession(directory)
        let fixture = try StoreFixture(1)
        let row = UsageRecord(
            at: 5, accountID: fixture.accountID, sessionID: session, keyID: try StoreFixture.id(1, 1), version: 1, status: 200, requests: 1,
            bytesUp: 1, bytesDown: 1, redactions: 0, exposureMicroseconds: 9)
        try await before.appendUsage([row])
        // One more in the days that are over.
        try await before.appendUsage([row])
        _ = try await before.compactUsage(now: 9 * 86_400, after: 0, limit: 1)
        try await execute("PRAGMA ignore_check_constraints = ON", before)
        try await execute("UPDATE usage SET requests = \(requests) - 1", before)
        try await execute("UPDATE sessions SET policy_maximum_requests = 10", before)
        try await execute(
            "DROP TABLE session_requests; DELETE FROM grdb_migrations WHERE identifier LIKE '5 %'; PRAGMA user_version = 4", before)
        try before.close()
        let store = try SQLiteStore(directory: directory.path)
        #expect(try await store.reserveRequests([WantedRequests(session: session, maximum: 10, count: 20)]) == [.success(left)])
        try store.close()
    }

    private func storeWithSession(_ directory: TemporaryDirectory) async throws -> (SQLiteStore, SessionID) {
        let store = try SQLiteStore(directory: directory.path)
        let fixture = try StoreFixture(1)
        try await fixture.create(in: store)
        let key = try fixture.key(1, alias: "openai")
        try await fixture.enroll(key, in: store, at: 1)
        let session = try fixture.session(1, keys: [key.id])
        _ = try await store.insertSession(session, entries: [fixture.entry(session, key.id)], kekEpoch: 1, expectedRevision: 2)
        return (store, session.id)
    }

    private func execute(_ sql: String, _ store: SQLiteStore) async throws {
        try await store.pool.writeWithoutTransaction { db in try db.execute(sql: sql) }
    }
}
