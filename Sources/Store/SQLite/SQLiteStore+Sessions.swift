import GRDB
package import Model

extension SQLiteStore {
    package func insertSession(
        _ session: SessionRecord, entries: [SessionEntryRecord], kekEpoch: UInt32, expectedRevision: UInt64
    ) async throws(StoreError) -> UInt64 {
        guard session.revokedAt == nil else { throw .invalid("a new session is not revoked") }
        let keyIDs = Set(session.keyIDs)
        guard entries.allSatisfy({ $0.sessionID == session.id && keyIDs.contains($0.keyID) }) else {
            throw .invalid("an entry of another session, or of a key the session does not name")
        }
        return try await change(session.accountID, expectedRevision: expectedRevision) { db in
            if !entries.isEmpty { try Self.requireCurrent(db, kekEpoch: kekEpoch) }
            guard try !db.exists("sessions", "WHERE id = ?", [session.id.column]) else { throw StoreError.duplicate }
            for key in session.keyIDs {
                let own: StatementArguments = [key.column, session.accountID.column]
                guard try db.exists("keys", "WHERE id = ? AND account_id = ? AND revoked_at IS NULL", own) else {
                    throw StoreError.notFound
                }
            }
            try db.insertRow(session)
            if session.policy.maximumRequests > 0 {
                try db.execute(sql: "INSERT INTO session_requests (session_id, reserved) VALUES (?, 0)", arguments: [session.id.column])
            }
            for entry in entries {
                let version: StatementArguments = [entry.keyID.column, Int64(entry.version)]
                guard try db.exists("key_versions", "WHERE key_id = ? AND version = ? AND state <> 'retired'", version) else {
                    throw StoreError.invalid("an entry of a version that is retired or not there")
                }
                try db.insertRow(entry, adding: [("kek_version", Int64(kekEpoch))])
            }
        }
    }

    package func session(_ id: SessionID) async throws(StoreError) -> SessionRecord? {
        try await read { db in try db.row(SessionRecord.self, "WHERE id = ?", [id.column]) }
    }

    package func sessions(of account: AccountID) async throws(StoreError) -> [SessionRecord] {
        try await read { db in try Self.sessions(db, of: account).values }
    }

    package func entries(of session: SessionID) async throws(StoreError) -> [SessionEntryRecord] {
        try await read { db in try Self.entries(db, of: session).values }
    }

    package func revokeSession(_ session: SessionID, at time: UInt64) async throws(StoreError) -> UInt64 {
        let time = try ColumnValue.integer(time, "time")
        let revision = try await write { db in
            guard let record = try db.row(SessionOwner.self, "WHERE id = ?", [session.column]) else { throw StoreError.notFound }
            guard !record.isRevoked else { return try Self.revision(db, of: record.accountID) }
            try Self.end(db, session: session, at: time)
            return try Self.raiseRevision(db, of: record.accountID)
        }
        shredLog()
        return revision
    }

    package func revokeSessions(of account: AccountID, at time: UInt64) async throws(StoreError) -> [SessionID] {
        let time = try ColumnValue.integer(time, "time")
        let ended = try await write { db in
            _ = try Self.revision(db, of: account)
            let clause = "WHERE account_id = ? AND revoked_at IS NULL AND expires_at > ? ORDER BY issued_at, id"
            let live = try db.rows(SessionOwner.self, clause, [account.column, time]).values
            guard !live.isEmpty else { return [SessionID]() }
            for session in live { try Self.end(db, session: session.id, at: time) }
            _ = try Self.raiseRevision(db, of: account)
            return live.map(\.id)
        }
        if !ended.isEmpty { shredLog() }
        return ended
    }

    private static func end(_ db: Database, session: SessionID, at time: Int64) throws {
        try db.execute(sql: "UPDATE sessions SET revoked_at = ? WHERE id = ?", arguments: [time, session.column])
        try db.execute(sql: "DELETE FROM session_entries WHERE session_id = ?", arguments: [session.column])
        try db.execute(sql: "DELETE FROM seals WHERE recipient_kind = 2 AND recipient_id = ?", arguments: [session.column])
    }

    static func sessions(_ db: Database, of account: AccountID) throws -> Rows<SessionRecord> {
        try db.rows(SessionRecord.self, "WHERE account_id = ? ORDER BY issued_at, id", [account.column])
    }

    static func entries(_ db: Database, of session: SessionID) throws -> Rows<SessionEntryRecord> {
        try db.rows(SessionEntryRecord.self, "WHERE session_id = ? ORDER BY key_id, version", [session.column])
    }
}

/// The columns of a session row that ending it needs: a row altered elsewhere can still be ended.
private struct SessionOwner: StoredRow {
    static let table = SessionRecord.table
    static let identity = SessionRecord.identity

    let id: SessionID
    let accountID: AccountID
    let isRevoked: Bool

    init(row: RowReader) throws(RowFault) {
        id = try row.id("id")
        accountID = try row.id("account_id")
        isRevoked = try row.optionalInteger("revoked_at", as: UInt64.self) != nil
    }

    func columns() throws(StoreError) -> Columns { throw .invalid("a part of a row is not stored") }
}
