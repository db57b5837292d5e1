import GRDB
package import Model

extension SQLiteStore {
    package func accountState(of account: AccountID, now: UInt64) async throws(StoreError) -> AccountState {
        try await read { db in
            var faults: [IntegrityFault] = []
            func parsed<Value>(_ rows: Rows<Value>) -> [Value] {
                faults += rows.faults
                return rows.values
            }
            let record = parsed(try db.rows(AccountRecord.self, "WHERE id = ?", [account.column])).first
            _ = parsed(try db.rows(SlotRow.self, "WHERE account_id = ?", [account.column]))
            let keys = try parsed(Self.keys(db, of: account)).map { key in
                _ = parsed(try db.rows(SealRecord.self, "WHERE key_id = ? AND recipient_kind = 1", [key.id.column]))
                return KeyState(record: key, versions: parsed(try Self.versions(db, of: key.id)))
            }
            var live: [SessionState] = []
            var ended: [SessionRecord] = []
            for session in parsed(try Self.sessions(db, of: account)) {
                guard session.revokedAt == nil, session.expiresAt > now else {
                    ended.append(session)
                    continue
                }
                let clause = "WHERE recipient_kind = 2 AND recipient_id = ? ORDER BY key_id, version"
                live.append(
                    SessionState(
                        record: session, entries: parsed(try Self.entries(db, of: session.id)),
                        seals: parsed(try db.rows(SealRecord.self, clause, [session.id.column]))))
            }
            faults += try Self.requestsFaults(db, of: live)
            let writers = parsed(try Self.writers(db, of: account))
            return AccountState(account: record, keys: keys, sessions: live, endedSessions: ended, writers: writers, faults: faults)
        }
    }

    package func accountIDs() async throws(StoreError) -> AccountList {
        try await read { db in
            var ids: [AccountID] = []
            var faults: [IntegrityFault] = []
            for row in try Row.fetchAll(db, sql: "SELECT rowid AS number, id FROM accounts ORDER BY created_at, id") {
                let reader = RowReader(row)
                if let id = try? reader.id("id", as: AccountID.self) {
                    ids.append(id)
                } else {
                    faults.append(IntegrityFault(table: AccountRecord.table, id: "row " + reader.describeIdentity(["number"])))
                }
            }
            // Rows whose owner is gone would be read by nobody: an altered owner must not hide them.
            for row in try Row.fetchAll(db, sql: "SELECT \"table\" AS owned, rowid AS number FROM pragma_foreign_key_check LIMIT 1000") {
                let reader = RowReader(row)
                let table = (try? reader.text("owned", limit: 64)) ?? "?"
                faults.append(IntegrityFault(table: table, id: "row " + reader.describeIdentity(["number"])))
            }
            return AccountList(ids: ids, faults: faults)
        }
    }

    package func changeCounter() async throws(StoreError) -> UInt64 { try await read { db in try Self.counter(db) } }

    package func changedAccounts(since counter: UInt64) async throws(StoreError) -> AccountChanges {
        let since = try ColumnValue.integer(counter, "counter")
        return try await read { db in
            let rows = try Row.fetchAll(db, sql: "SELECT id FROM accounts WHERE change > ? ORDER BY change", arguments: [since])
            return AccountChanges(counter: try Self.counter(db), ids: rows.compactMap { try? RowReader($0).id("id", as: AccountID.self) })
        }
    }

    package func purgeExpired(now: UInt64) async throws(StoreError) {
        let now = try ColumnValue.integer(now, "time")
        let purged = try await write { db in
            let before = db.totalChangesCount
            try db.execute(sql: "DELETE FROM logins WHERE expires_at <= ?", arguments: [now])
            try db.execute(sql: "DELETE FROM invitations WHERE expires_at <= ?", arguments: [now])
            let expired = "(SELECT id FROM sessions WHERE expires_at <= ?)"
            try db.execute(sql: "DELETE FROM session_entries WHERE session_id IN \(expired)", arguments: [now])
            try db.execute(sql: "DELETE FROM seals WHERE recipient_kind = 2 AND recipient_id IN \(expired)", arguments: [now])
            try db.execute(sql: "DELETE FROM sessions WHERE expires_at <= ?", arguments: [now - Self.keptAfterExpirySeconds])
            return db.totalChangesCount - before
        }
        if purged > 0 { shredLog() }
    }

    /// How long an ended session is still listed. Its token is told why it is refused for the first day of it.
    private static let keptAfterExpirySeconds: Int64 = 7 * 86_400

    private static func counter(_ db: Database) throws -> UInt64 {
        guard let row = try Row.fetchOne(db, sql: "SELECT change FROM meta WHERE id = 1"),
            let counter = try? RowReader(row).integer("change", as: UInt64.self)
        else { throw StoreError.corrupt("the database has no change counter") }
        return counter
    }
}
