import GRDB
import Model

extension SQLiteStore {
    /// Runs `body` in one write transaction that takes its lock first; commits when it returns, rolls back when it throws.
    func write<T: Sendable>(_ body: @escaping @Sendable (Database) throws -> T) async throws(StoreError) -> T {
        let result: Result<T, StoreError> = await withCheckedContinuation { continuation in
            pool.asyncWriteWithoutTransaction { db in
                continuation.resume(
                    returning: Self.result {
                        var value: T?
                        try db.inTransaction(.immediate) {
                            value = try body(db)
                            return .commit
                        }
                        guard let value else { throw StoreError.unavailable("the transaction was rolled back") }
                        return value
                    })
            }
        }
        return try result.get()
    }

    /// Runs `body` on one snapshot of the database.
    func read<T: Sendable>(_ body: @escaping @Sendable (Database) throws -> T) async throws(StoreError) -> T {
        let result: Result<T, StoreError> = await withCheckedContinuation { continuation in
            pool.asyncRead { connection in
                continuation.resume(returning: Self.result { try body(connection.get()) })
            }
        }
        return try result.get()
    }

    /// Changes an account's state: checks the revision the caller expects, runs `body`, raises revision and change counter.
    /// - Parameter expectedRevision: `nil` where the change always wins.
    /// - Returns: the new revision.
    func change(
        _ account: AccountID, expectedRevision: UInt64?, _ body: @escaping @Sendable (Database) throws -> Void
    ) async throws(StoreError) -> UInt64 {
        try await write { db in
            let current = try Self.revision(db, of: account)
            if let expectedRevision, expectedRevision != current { throw StoreError.revisionConflict(current: current) }
            try body(db)
            return try Self.raiseRevision(db, of: account)
        }
    }

    /// - Throws: `.notFound` where there is no such account.
    static func revision(_ db: Database, of account: AccountID) throws -> UInt64 {
        guard let row = try Row.fetchOne(db, sql: "SELECT revision FROM accounts WHERE id = ?", arguments: [account.column]) else {
            throw StoreError.notFound
        }
        do throws(RowFault) { return try RowReader(row).integer("revision") } catch {
            throw StoreError.integrity(IntegrityFault(table: AccountRecord.table, id: account.description))
        }
    }

    static func raiseRevision(_ db: Database, of account: AccountID) throws -> UInt64 {
        try db.execute(sql: "UPDATE meta SET change = change + 1 WHERE id = 1")
        try db.execute(
            sql: "UPDATE accounts SET revision = revision + 1, change = (SELECT change FROM meta WHERE id = 1) WHERE id = ?",
            arguments: [account.column])
        return try revision(db, of: account)
    }

    /// Moves the log into the database and cuts it to nothing, so that no old page with shredded bytes stays in it. Not awaited: it
    /// waits for readers, and a revocation must not wait for it. Where a reader is in the way for long, the next one does it.
    func shredLog() {
        pool.asyncWriteWithoutTransaction { db in
            try? db.execute(sql: "PRAGMA busy_timeout = 500")
            _ = try? db.checkpoint(.truncate)
            try? db.execute(sql: "PRAGMA busy_timeout = \(Int(Self.busySeconds * 1000))")
        }
    }
}
