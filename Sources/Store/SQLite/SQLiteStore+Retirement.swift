import Foundation
import GRDB
package import Model

extension SQLiteStore {
    package func retireDue(now: UInt64) async throws(StoreError) -> [KeyVersionPlace] {
        let time = try ColumnValue.integer(now, "time")
        // Asked every second: a reader that finds nothing keeps no writer waiting.
        let isDue = try await read { db in try db.exists("key_versions", "WHERE state = 'grace' AND grace_until <= ?", [time]) }
        guard isDue else { return [] }
        let retired = try await write { db in
            let sql = """
                SELECT k.account_id AS account_id, k.alias AS alias, v.key_id AS key_id, v.version AS version
                FROM key_versions v JOIN keys k ON k.id = v.key_id
                WHERE v.state = 'grace' AND v.grace_until <= ? ORDER BY v.grace_until, v.key_id, v.version
                """
            let places = try Row.fetchAll(db, sql: sql, arguments: [time]).compactMap { Self.place(RowReader($0)) }
            for place in places { try Self.shred(db, place.keyID.column, Int64(place.version)) }
            for account in Set(places.map(\.accountID)) { _ = try Self.raiseRevision(db, of: account) }
            return places
        }
        if !retired.isEmpty { shredLog() }
        return retired
    }

    package func replaceSeals(by entries: [SessionEntryRecord], kekEpoch: UInt32) async throws(StoreError) -> [SessionEntryRecord] {
        guard !entries.isEmpty else { return [] }
        let stored = try await write { db in
            try Self.requireCurrent(db, kekEpoch: kekEpoch)
            return try entries.filter { entry in
                try db.execute(
                    sql: "DELETE FROM seals WHERE key_id = ? AND version = ? AND recipient_kind = 2 AND recipient_id = ?",
                    arguments: [entry.keyID.column, Int64(entry.version), entry.sessionID.column])
                guard db.changesCount == 1 else { return false }
                try db.insertRow(entry, adding: [("kek_version", Int64(kekEpoch))])
                return true
            }
        }
        if !stored.isEmpty { shredLog() }
        return stored
    }

    package func endingLeases(now: UInt64, until: UInt64) async throws(StoreError) -> [SessionRecord] {
        let range: StatementArguments = [try ColumnValue.integer(now, "time"), try ColumnValue.integer(until, "time")]
        let clause = "WHERE kind = 2 AND revoked_at IS NULL AND expires_at > ? AND expires_at <= ? ORDER BY expires_at, id"
        return try await read { db in try db.rows(SessionRecord.self, clause, range).values }
    }

    /// Shreds what opens one version and leaves its tombstone.
    static func shred(_ db: Database, _ key: Data, _ version: Int64) throws {
        let place: StatementArguments = [key, version]
        try db.execute(sql: "DELETE FROM seals WHERE key_id = ? AND version = ?", arguments: place)
        try db.execute(sql: "DELETE FROM session_entries WHERE key_id = ? AND version = ?", arguments: place)
        try db.execute(
            sql: "UPDATE key_versions SET state = 'retired', ciphertext = x'', grace_until = NULL WHERE key_id = ? AND version = ?",
            arguments: place)
    }

    private static func place(_ row: RowReader) -> KeyVersionPlace? {
        guard let account = try? row.id("account_id", as: AccountID.self), let key = try? row.id("key_id", as: KeyID.self),
            let alias = (try? row.text("alias", limit: 32)).flatMap({ Alias($0) }),
            let version = try? row.integer("version", as: UInt32.self)
        else { return nil }
        return KeyVersionPlace(accountID: account, keyID: key, alias: alias, version: version)
    }
}
