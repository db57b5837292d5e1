import GRDB
package import Model

/// Sums of calls: rows of `usage` as brokers wrote them, and of days that are over rows of `usage_days`, never both for one call.
extension SQLiteStore {
    package func appendUsage(_ records: [UsageRecord]) async throws(StoreError) {
        guard !records.isEmpty else { return }
        try await write { db in
            try UsageInsert.insert(records, into: db)
        }
    }

    package func usage(of account: AccountID, since time: UInt64) async throws(StoreError) -> [UsageRecord] {
        let time = try ColumnValue.integer(time, "time")
        return try await read { db in
            let columns = "at, account_id, session_id, key_id, version, status, requests, bytes_up, bytes_down, redactions, exposure_us"
            let sql = """
                SELECT max(at) AS at, account_id, session_id, key_id, version, status, sum(requests) AS requests, sum(bytes_up) AS bytes_up,
                    sum(bytes_down) AS bytes_down, sum(redactions) AS redactions, sum(exposure_us) AS exposure_us
                FROM (
                    SELECT \(columns) FROM usage WHERE account_id = ?1 AND at >= ?2
                    UNION ALL
                    SELECT \(columns) FROM usage_days WHERE account_id = ?1 AND day >= ?2 / 86400 AND at >= ?2)
                GROUP BY at / 86400, session_id, key_id, version, status, exposure_us > 0
                ORDER BY at / 86400, key_id, version, session_id, status, exposure_us > 0
                """
            return try Row.fetchAll(db, sql: sql, arguments: [account.column, time]).compactMap { try? UsageRecord(row: RowReader($0)) }
        }
    }

    package func compactUsage(now: UInt64, after rowID: Int64, limit: Int) async throws(StoreError) -> Int64? {
        let now = try ColumnValue.integer(now, "time")
        let start = (now / 86_400 - Self.daysInFull) * 86_400
        let limit = min(max(1, limit), Self.largestStep)
        return try await write { db in
            let row = try Row.fetchOne(
                db,
                sql: """
                    SELECT max(rowid) AS last, count(*) FILTER (WHERE at < ?1) AS old, count(*) FILTER (WHERE at BETWEEN ?1 AND ?2) AS recent
                    FROM (SELECT rowid, at FROM usage WHERE rowid > ?3 ORDER BY rowid LIMIT ?4)
                    """, arguments: [start, now, rowID, limit])
            guard let row, let last: Int64 = row["last"] else { return nil }
            if row["old"] > 0 {
                for sql in [Self.addToDays, Self.deleteAdded] { try db.cachedStatement(sql: sql).execute(arguments: [rowID, last, start]) }
            } else if row["recent"] > 0 {
                // Rows stand in the order of time, but for clocks that were set back or far ahead: what follows is recent too.
                return nil
            }
            return last
        }
    }

    /// Whole days before this one whose rows stay as they are.
    private static let daysInFull: Int64 = 2
    /// So many rows with numbers of so many bits add up to fewer than 63.
    private static let largestStep = 4096
    private static let largestNumber: Int64 = 1 << 50
    private static let sums = ["requests", "bytes_up", "bytes_down", "redactions", "exposure_us"]

    /// Old rows of a step as brokers write them. A row that somebody altered, or with a number too large to be added, stays where it is and
    /// holds up no other.
    private static let old: String = {
        let ids = ["account_id", "session_id", "key_id"].map { "typeof(\($0)) = 'blob' AND length(\($0)) = 16" }
        let ranges = [("version", 1, Int64(UInt32.max)), ("status", 0, Int64(UInt16.max))] + sums.map { ($0, 0, largestNumber) }
        let numbers = ranges.map { "typeof(\($0)) = 'integer' AND \($0) BETWEEN \($1) AND \($2)" }
        let place = "rowid > ?1 AND rowid <= ?2 AND typeof(at) = 'integer' AND at >= 0 AND at < ?3"
        return ([place] + ids + numbers).joined(separator: " AND ")
    }()

    private static let addToDays = """
        INSERT INTO usage_days (account_id, day, session_id, key_id, version, status, opened, at, \(sums.joined(separator: ", ")))
        SELECT account_id, at / 86400, session_id, key_id, version, status, exposure_us > 0, max(at),
            \(sums.map { "sum(\($0))" }.joined(separator: ", "))
        FROM usage WHERE \(old)
        GROUP BY account_id, at / 86400, session_id, key_id, version, status, exposure_us > 0
        ON CONFLICT DO UPDATE SET at = max(at, excluded.at),
            \(sums.map { "\($0) = min(\($0) + excluded.\($0), \(Int64.max))" }.joined(separator: ", "))
        """

    private static let deleteAdded = "DELETE FROM usage WHERE \(old)"
}
