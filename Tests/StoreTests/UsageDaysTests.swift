import GRDB
import Model
import TacitTesting
import Testing

@testable import Store

/// What the protocol does not show of usage of past days.
@Suite struct UsageDaysTests {
    private static let now: UInt64 = 4 * 86_400

    @Test func `a step that fails half-way leaves every sum as it was`() async throws {
        try await withStore { store, fixture in
            try await store.appendUsage((1...4).map { try usage(fixture, at: $0) })
            try await execute("CREATE TRIGGER fault BEFORE DELETE ON usage WHEN old.at = 3 BEGIN SELECT RAISE(ABORT, 'fault'); END", store)
            let before = try await store.usage(of: fixture.accountID, since: 0)
            await #expect(throws: StoreError.self) { try await store.compactUsage(now: Self.now, after: 0, limit: 10) }
            #expect(try await store.usage(of: fixture.accountID, since: 0) == before)
            #expect(try await counts(store) == [4, 0])
            try await execute("DROP TRIGGER fault", store)
            try await compact(store)
            #expect(try await store.usage(of: fixture.accountID, since: 0) == before)
            #expect(try await counts(store) == [0, 1])
        }
    }

    @Test(arguments: [
        "at = -1", "account_id = x'00'", "session_id = x''", "key_id = zeroblob(17)", "version = 0", "version = 4294967296", "status = -1",
        "status = 65536", "requests = -1", "bytes_up = -1", "bytes_down = -1", "redactions = -1", "exposure_us = -1",
    ])
    func `an altered row stays where it is and holds up no other`(change: String) async throws {
        try await withStore { store, fixture in
            try await store.appendUsage((1...4).map { try usage(fixture, at: $0) })
            try await execute("PRAGMA ignore_check_constraints = ON", store)
            try await execute("UPDATE usage SET \(change) WHERE at = 2", store)
            try await execute("PRAGMA ignore_check_constraints = OFF", store)
            try await compact(store)
            #expect(try await counts(store) == [1, 1])
            #expect(try await store.usage(of: fixture.accountID, since: 3).map(\.requests) == [3])
        }
    }

    @Test func `rows that went leave their pages to new ones`() async throws {
        try await withStore { store, fixture in
            for second in 1...10 as ClosedRange<UInt64> {
                try await store.appendUsage(Array(repeating: try usage(fixture, at: second), count: 200))
            }
            let pages = try await number("PRAGMA page_count", store)
            try await compact(store)
            #expect(try await counts(store) == [0, 1])
            #expect(try await number("PRAGMA freelist_count", store) > 30)
            try await store.appendUsage(Array(repeating: try usage(fixture, at: Self.now), count: 1500))
            #expect(try await number("PRAGMA page_count", store) <= pages)
        }
    }

    @Test func `a store of the version before keeps its usage`() async throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        let fixture = try StoreFixture(1)
        let before = try SQLiteStore(directory: directory.path)
        try await before.appendUsage((1...4).map { try usage(fixture, at: $0) })
        try await execute("DROP TABLE usage_days; DELETE FROM grdb_migrations WHERE identifier LIKE '4 %'; PRAGMA user_version = 3", before)
        try before.close()
        let store = try SQLiteStore(directory: directory.path)
        for _ in 1...2 {
            #expect(try await store.usage(of: fixture.accountID, since: 0).map(\.requests) == [4])
            try await compact(store)
        }
        #expect(try await counts(store) == [0, 1])
        try store.close()
    }

    private func withStore(_ body: (SQLiteStore, StoreFixture) async throws -> Void) async throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        let store = try SQLiteStore(directory: directory.path)
        try await body(store, try StoreFixture(1))
        try store.close()
    }

    private func compact(_ store: SQLiteStore) async throws {
        var place: Int64? = 0
        while let from = place { place = try await store.compactUsage(now: Self.now, after: from, limit: 1000) }
    }

    private func usage(_ fixture: StoreFixture, at time: UInt64) throws -> UsageRecord {
        UsageRecord(
            at: time, accountID: fixture.accountID, sessionID: try StoreFixture.id(1, 41), keyID: try StoreFixture.id(1, 1), version: 1,
            status: 200, requests: 1, bytesUp: 1, bytesDown: 1, redactions: 0, exposureMicroseconds: 9)
    }

    private func execute(_ sql: String, _ store: SQLiteStore) async throws {
        try await store.pool.writeWithoutTransaction { db in try db.execute(sql: sql) }
    }

    /// Rows as brokers wrote them, and sums of days.
    private func counts(_ store: SQLiteStore) async throws -> [Int] {
        [try await number("SELECT count(*) FROM usage", store), try await number("SELECT count(*) FROM usage_days", store)]
    }

    private func number(_ sql: String, _ store: SQLiteStore) async throws -> Int {
        try await store.pool.writeWithoutTransaction { db in try Int.fetchOne(db, sql: sql) ?? 0 }
    }
}
