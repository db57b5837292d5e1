import GRDB
package import Model

extension SQLiteStore {
    package func insertVersion(
        _ version: KeyVersionRecord, of account: AccountID, seals: [SealRecord], excused: Set<SessionID>, graceUntil: UInt64?,
        kekEpoch: UInt32, expectedRevision: UInt64, now: UInt64
    ) async throws(StoreError) -> UInt64 {
        let accountSeals = seals.filter { $0.recipientKind == .account }
        guard version.state == .pending || version.state == .active,
            seals.allSatisfy({ $0.keyID == version.keyID && $0.version == version.version }),
            accountSeals.map(\.recipientID) == [Blob(account.bytes)]
        else { throw .invalid("a new version is pending or active, and one of its seals is to the account") }
        let graceUntil = try ColumnValue.optionalInteger(graceUntil, "end of the grace")
        let time = try ColumnValue.integer(now, "time")
        let sessionSeals = seals.filter { $0.recipientKind == .session }
        let revision = try await change(account, expectedRevision: expectedRevision) { db in
            try Self.requireCurrent(db, kekEpoch: kekEpoch)
            try Self.requireLiveKey(db, version.keyID, of: account)
            let highest = try Int64.fetchOne(
                db, sql: "SELECT max(version) FROM key_versions WHERE key_id = ?", arguments: [version.keyID.column])
            guard Int64(version.version) == (highest ?? 0) + 1 else {
                throw StoreError.invalid("the next version is \((highest ?? 0) + 1)")
            }
            try Self.requireWriter(db, of: version, account: account)
            let live = try Self.requireSeals(db, sessionSeals, excused: excused, to: version.keyID, of: account, now: time)
            if version.state == .active { try Self.replaceActive(db, of: version.keyID, graceUntil: graceUntil) }
            try db.insertRow(version)
            let stored = sessionSeals.filter { live.contains($0.recipientID) }
            for seal in accountSeals + stored { try db.insertRow(seal, adding: [("kek_version", Int64(kekEpoch))]) }
        }
        if version.state == .active, graceUntil == nil { shredLog() }
        return revision
    }

    package func activateVersion(
        _ version: UInt32, of key: KeyID, account: AccountID, graceUntil: UInt64?
    ) async throws(StoreError) -> UInt64 {
        let graceUntil = try ColumnValue.optionalInteger(graceUntil, "end of the grace")
        let revision = try await changeVersion(version, of: key, account: account) { db, state in
            switch state {
            case .active: return false
            case .pending: break
            case .grace, .retired: throw StoreError.versionState(state)
            }
            try Self.replaceActive(db, of: key, graceUntil: graceUntil)
            try Self.set(db, .active, of: key, version)
            return true
        }
        if graceUntil == nil { shredLog() }
        return revision
    }

    package func rollBackVersion(
        _ version: UInt32, of key: KeyID, account: AccountID, now: UInt64
    ) async throws(StoreError) -> UInt64 {
        let time = try ColumnValue.integer(now, "time")
        return try await changeVersion(version, of: key, account: account) { db, state in
            switch state {
            case .active: return false
            case .grace: break
            case .pending, .retired: throw StoreError.versionState(state)
            }
            let inTime: StatementArguments = [key.column, Int64(version), time]
            guard try db.exists("key_versions", "WHERE key_id = ? AND version = ? AND grace_until > ?", inTime) else {
                throw StoreError.versionState(.retired)
            }
            try db.execute(
                sql: "UPDATE key_versions SET state = 'pending' WHERE key_id = ? AND state = 'active'", arguments: [key.column])
            try Self.set(db, .active, of: key, version)
            return true
        }
    }

    package func retireVersion(_ version: UInt32, of key: KeyID, account: AccountID) async throws(StoreError) -> UInt64 {
        let revision = try await changeVersion(version, of: key, account: account) { db, state in
            switch state {
            case .retired: return false
            case .pending, .grace: break
            case .active: throw StoreError.versionState(state)
            }
            try Self.shred(db, key.column, Int64(version))
            return true
        }
        shredLog()
        return revision
    }

    /// - Parameter body: returns whether it changed something.
    private func changeVersion(
        _ version: UInt32, of key: KeyID, account: AccountID, _ body: @escaping @Sendable (Database, KeyVersionState) throws -> Bool
    ) async throws(StoreError) -> UInt64 {
        try await write { db in
            try Self.requireLiveKey(db, key, of: account)
            let sql = "SELECT state FROM key_versions WHERE key_id = ? AND version = ?"
            guard let row = try Row.fetchOne(db, sql: sql, arguments: [key.column, Int64(version)]) else { throw StoreError.notFound }
            guard let text = try? RowReader(row).text("state", limit: 16), let state = KeyVersionState(rawValue: text) else {
                throw StoreError.integrity(IntegrityFault(table: KeyVersionRecord.table, id: "\(key)/\(version)"))
            }
            guard try body(db, state) else { return try Self.revision(db, of: account) }
            return try Self.raiseRevision(db, of: account)
        }
    }

    /// That the writer that signed a new version may still write: its access file may have been revoked since the broker looked.
    static func requireWriter(_ db: Database, of version: KeyVersionRecord, account: AccountID) throws {
        guard version.signer.kind == .writer else { return }
        let time = try ColumnValue.integer(version.createdAt, "creation time")
        let clause = "WHERE account_id = ? AND public_key = ? AND revoked_at IS NULL AND not_before <= ? AND expires_at > ?"
        guard try db.exists("writers", clause, [account.column, version.signer.publicKey.column, time, time]) else {
            throw StoreError.writerEnded
        }
    }

    private static func requireLiveKey(_ db: Database, _ key: KeyID, of account: AccountID) throws {
        let own: StatementArguments = [key.column, account.column]
        guard try db.exists("keys", "WHERE id = ? AND account_id = ? AND revoked_at IS NULL", own) else { throw StoreError.notFound }
    }

    /// That a rotation left no live session out and sealed to nobody else.
    /// - Returns: ids of the live sessions that name the key and are not excused.
    private static func requireSeals(
        _ db: Database, _ seals: [SealRecord], excused: Set<SessionID>, to key: KeyID, of account: AccountID, now: Int64
    ) throws -> Set<Blob> {
        let standing = try db.rows(SessionRecord.self, "WHERE account_id = ? AND revoked_at IS NULL", [account.column]).values
            .filter { $0.keyIDs.contains(key) }
        let needed = standing.filter { $0.expiresAt > UInt64(clamping: now) && !excused.contains($0.id) }
        let publicKeys = Dictionary(standing.map { (Blob($0.id.bytes), $0.publicKey) }, uniquingKeysWith: { first, _ in first })
        let live = Set(needed.map { Blob($0.id.bytes) })
        guard Set(seals.map(\.recipientID)).count == seals.count,
            seals.allSatisfy({ publicKeys[$0.recipientID] == $0.recipientPublicKey }), live.isSubset(of: seals.map(\.recipientID))
        else { throw StoreError.invalid("a version is sealed to exactly the live sessions that name its key") }
        return live
    }

    /// Takes the active version out of use.
    private static func replaceActive(_ db: Database, of key: KeyID, graceUntil: Int64?) throws {
        if let graceUntil {
            try db.execute(
                sql: "UPDATE key_versions SET state = 'grace', grace_until = ? WHERE key_id = ? AND state = 'active'",
                arguments: [graceUntil, key.column])
            return
        }
        let sql = "SELECT version FROM key_versions WHERE key_id = ? AND state = 'active'"
        for version in try Int64.fetchAll(db, sql: sql, arguments: [key.column]) { try shred(db, key.column, version) }
    }

    private static func set(_ db: Database, _ state: KeyVersionState, of key: KeyID, _ version: UInt32) throws {
        try db.execute(
            sql: "UPDATE key_versions SET state = ?, grace_until = NULL WHERE key_id = ? AND version = ?",
            arguments: [state.rawValue, key.column, Int64(version)])
    }
}
