import GRDB
package import Model

extension SQLiteStore {
    package func insertKey(
        _ key: KeyRecord, version: KeyVersionRecord, seals: [SealRecord], kekEpoch: UInt32, expectedRevision: UInt64
    ) async throws(StoreError) -> UInt64 {
        guard version.keyID == key.id, key.revokedAt == nil else { throw .invalid("a version of another key, or a key already revoked") }
        guard seals.contains(where: { $0.recipientKind == .account && $0.recipientID.bytes == key.accountID.bytes }),
            seals.allSatisfy({ $0.keyID == key.id && $0.version == version.version })
        else { throw .invalid("seals belong to the version, and one of them is to the account") }
        return try await change(key.accountID, expectedRevision: expectedRevision) { db in
            try Self.requireCurrent(db, kekEpoch: kekEpoch)
            guard try !db.exists("keys", "WHERE id = ?", [key.id.column]) else { throw StoreError.duplicate }
            // An identity signature frees the alias of a revoked key; a writer's does not (DESIGN section 4).
            let onlyLive = version.signer.kind == .identity ? "AND revoked_at IS NULL" : ""
            guard try !db.exists("keys", "WHERE account_id = ? AND alias = ? \(onlyLive)", [key.accountID.column, key.alias.text]) else {
                throw StoreError.aliasTaken
            }
            try Self.requireWriter(db, of: version, account: key.accountID)
            try db.insertRow(key)
            try db.insertRow(version)
            for seal in seals { try db.insertRow(seal, adding: [("kek_version", Int64(kekEpoch))]) }
        }
    }

    package func keys(of account: AccountID) async throws(StoreError) -> [KeyRecord] {
        try await read { db in try Self.keys(db, of: account).values }
    }

    package func versions(of key: KeyID) async throws(StoreError) -> [KeyVersionRecord] {
        try await read { db in try Self.versions(db, of: key).values }
    }

    package func accountSeals(of key: KeyID) async throws(StoreError) -> [SealRecord] {
        try await read { db in
            try db.rows(SealRecord.self, "WHERE key_id = ? AND recipient_kind = 1 ORDER BY version", [key.column]).values
        }
    }

    package func revokeKey(_ key: KeyID, of account: AccountID, at time: UInt64) async throws(StoreError) -> UInt64 {
        let time = try ColumnValue.integer(time, "time")
        let revision = try await write { db in
            guard try db.exists("keys", "WHERE id = ? AND account_id = ?", [key.column, account.column]) else { throw StoreError.notFound }
            guard try db.exists("keys", "WHERE id = ? AND revoked_at IS NULL", [key.column]) else {
                return try Self.revision(db, of: account)
            }
            try db.execute(sql: "UPDATE keys SET revoked_at = ? WHERE id = ?", arguments: [time, key.column])
            try db.execute(sql: "DELETE FROM seals WHERE key_id = ?", arguments: [key.column])
            try db.execute(sql: "DELETE FROM session_entries WHERE key_id = ?", arguments: [key.column])
            try db.execute(
                sql: "UPDATE key_versions SET state = 'retired', ciphertext = x'', grace_until = NULL WHERE key_id = ?",
                arguments: [key.column])
            return try Self.raiseRevision(db, of: account)
        }
        shredLog()
        return revision
    }

    static func keys(_ db: Database, of account: AccountID) throws -> Rows<KeyRecord> {
        try db.rows(KeyRecord.self, "WHERE account_id = ? ORDER BY created_at, id", [account.column])
    }

    static func versions(_ db: Database, of key: KeyID) throws -> Rows<KeyVersionRecord> {
        try db.rows(KeyVersionRecord.self, "WHERE key_id = ? ORDER BY version", [key.column])
    }
}
