import GRDB
package import Model

extension SQLiteStore {
    package func replaceAccountKey(
        of account: AccountID, key: AccountMessages.AccountKey, slots: [SlotID: Blob], seals: [SealRecord], kekEpoch: UInt32,
        expectedRevision: UInt64
    ) async throws(StoreError) -> UInt64 {
        guard
            seals.allSatisfy({
                $0.recipientKind == .account && $0.recipientID.bytes == account.bytes && $0.recipientPublicKey == key.publicKey
            })
        else { throw .invalid("a seal that is not to the account's new key") }
        let publicKey = try ColumnValue.blob(key.publicKey, count: 32, "account public key")
        let signature = try ColumnValue.blob(key.signature, count: 64, "account key signature")
        let revision = try await change(account, expectedRevision: expectedRevision) { db in
            try Self.requireCurrent(db, kekEpoch: kekEpoch)
            try db.execute(
                sql: """
                    UPDATE accounts SET account_key_epoch = ?, account_public_key = ?, account_key_signature = ?
                    WHERE id = ? AND account_key_epoch = ? AND ended_at IS NULL
                    """,
                arguments: [Int64(key.epoch), publicKey, signature, account.column, Int64(key.epoch) - 1])
            guard db.changesCount == 1 else { throw StoreError.invalid("the epoch is not the account's next one") }
            try Self.replaceRecords(db, slots, of: account, kekEpoch: kekEpoch)
            try Self.replaceAccountSeals(db, seals, of: account, kekEpoch: kekEpoch)
        }
        shredLog()
        return revision
    }

    private static func replaceRecords(_ db: Database, _ slots: [SlotID: Blob], of account: AccountID, kekEpoch: UInt32) throws {
        let count = try Int.fetchOne(db, sql: "SELECT count(*) FROM slots WHERE account_id = ?", arguments: [account.column])
        guard count == slots.count else { throw StoreError.invalid("the records are not those of exactly the account's slots") }
        for (slot, record) in slots {
            try db.execute(
                sql: "UPDATE slots SET wrapped_record = ?, kek_version = ? WHERE account_id = ? AND slot_id = ?",
                arguments: [
                    try ColumnValue.blob(record, WrapLimits.range, "wrapped slot record"), Int64(kekEpoch), account.column, slot.column,
                ])
            guard db.changesCount == 1 else { throw StoreError.invalid("a record of a slot the account does not have") }
        }
    }

    private static func replaceAccountSeals(_ db: Database, _ seals: [SealRecord], of account: AccountID, kekEpoch: UInt32) throws {
        let own = "SELECT id FROM keys WHERE account_id = ?"
        let sql = """
            SELECT key_id, version FROM key_versions
            WHERE state <> 'retired' AND key_id IN (\(own) AND revoked_at IS NULL)
            """
        let needed = try Row.fetchAll(db, sql: sql, arguments: [account.column]).map { SealPlace(RowReader($0)) }
        guard Set(needed) == Set(seals.map { SealPlace(key: $0.keyID, version: $0.version) }), needed.count == seals.count else {
            throw StoreError.invalid("the seals are not those of exactly the versions that are not retired")
        }
        try db.execute(sql: "DELETE FROM seals WHERE recipient_kind = 1 AND key_id IN (\(own))", arguments: [account.column])
        for seal in seals { try db.insertRow(seal, adding: [("kek_version", Int64(kekEpoch))]) }
    }

    package func renewAccount(
        _ old: AccountID, by account: AccountRecord, slots: [SlotRow], keys: [NewKey], kekEpoch: UInt32, expectedRevision: UInt64,
        now: UInt64
    ) async throws(StoreError) -> UInt64 {
        guard account.revision == 1, account.slotListRevision == 0, account.endedAt == nil else {
            throw .invalid("a new account is at revision 1")
        }
        try Self.check(slots: slots, of: account.id, count: slots.count)
        for key in keys { try Self.check(key, of: account.id) }
        guard Set(keys.map(\.record.alias)).count == keys.count else { throw .invalid("an alias twice") }
        let time = try ColumnValue.integer(now, "time")
        let revision = try await write { db in
            let current = try Self.revision(db, of: old)
            guard expectedRevision == current else { throw StoreError.revisionConflict(current: current) }
            try Self.requireCurrent(db, kekEpoch: kekEpoch)
            guard try db.exists("accounts", "WHERE id = ? AND name = ? AND ended_at IS NULL", [old.column, account.name.text]) else {
                throw StoreError.invalid("a renewed account keeps its name")
            }
            guard try !db.exists("accounts", "WHERE id = ?", [account.id.column]) else { throw StoreError.duplicate }
            for key in keys where try db.exists("keys", "WHERE id = ?", [key.record.id.column]) { throw StoreError.duplicate }
            try Self.bury(db, old, at: time)
            _ = try Self.raiseRevision(db, of: old)
            try db.insertRow(account, adding: [("change", Int64(0))])
            for slot in slots { try db.insertRow(slot, adding: [("kek_version", Int64(kekEpoch))]) }
            for key in keys {
                try db.insertRow(key.record)
                try db.insertRow(key.version)
                for seal in key.seals { try db.insertRow(seal, adding: [("kek_version", Int64(kekEpoch))]) }
            }
            return try Self.raiseRevision(db, of: account.id)
        }
        shredLog()
        return revision
    }

    private static func check(_ key: NewKey, of account: AccountID) throws(StoreError) {
        let (record, version) = (key.record, key.version)
        guard record.accountID == account, record.revokedAt == nil, version.keyID == record.id, version.state == .active,
            key.seals.map(\.recipientID) == [Blob(account.bytes)],
            key.seals.allSatisfy({ $0.recipientKind == .account && $0.keyID == record.id && $0.version == version.version })
        else { throw .invalid("a key comes with one active version and its seal to the account") }
    }

    /// Ends everything of an account and leaves its tombstone.
    private static func bury(_ db: Database, _ account: AccountID, at time: Int64) throws {
        let id = account.column
        let keys = "SELECT id FROM keys WHERE account_id = ?"
        let sessions = "SELECT id FROM sessions WHERE account_id = ?"
        for sql in [
            "DELETE FROM seals WHERE key_id IN (\(keys))", "DELETE FROM session_entries WHERE key_id IN (\(keys))",
            "DELETE FROM session_entries WHERE session_id IN (\(sessions))",
            "UPDATE key_versions SET state = 'retired', ciphertext = x'', grace_until = NULL WHERE key_id IN (\(keys))",
            "DELETE FROM logins WHERE account_id = ?", "DELETE FROM slots WHERE account_id = ?",
        ] { try db.execute(sql: sql, arguments: [id]) }
        for table in ["keys", "sessions", "writers"] {
            try db.execute(sql: "UPDATE \(table) SET revoked_at = ? WHERE account_id = ? AND revoked_at IS NULL", arguments: [time, id])
        }
        let name = "ended." + (0..<16).map { _ in String(UInt8.random(in: 16...255), radix: 16) }.joined()
        try db.execute(sql: "UPDATE accounts SET name = ?, ended_at = ? WHERE id = ?", arguments: [name, time, id])
    }
}

/// Whose account seal a version needs.
private struct SealPlace: Hashable {
    /// `nil`, as no seal's is, where the row does not parse.
    let key: KeyID?
    let version: UInt32

    init(key: KeyID, version: UInt32) {
        self.key = key
        self.version = version
    }

    init(_ row: RowReader) {
        key = try? row.id("key_id")
        version = (try? row.integer("version")) ?? 0
    }
}
