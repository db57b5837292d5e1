import GRDB
package import Model

extension SQLiteStore {
    /// The column of each table that holds the wrap.
    static let wrapColumns: [WrapTable: String] = [
        .secrets: "wrapped", .slots: "wrapped_record", .seals: "wrapped_seal", .sessionEntries: "wrapped_entry",
    ]

    package func staleWraps(
        in table: WrapTable, below target: UInt32, after rowID: Int64, limit: Int
    ) async throws(StoreError) -> StaleWraps {
        try await read { db in
            var found = Found()
            let (columns, source) = Self.query(of: table)
            let clause = "WHERE w.rowid > ? AND w.kek_version < ? ORDER BY w.rowid LIMIT ?"
            let statement = try db.cachedStatement(sql: "SELECT w.rowid, \(columns) FROM \(source) \(clause)")
            let cursor = try Row.fetchCursor(statement, arguments: [rowID, Int64(target), max(1, limit)])
            while let row = try cursor.next() { found.add(row, of: table) }
            return try found.batch(db)
        }
    }

    package func replaceWraps(
        _ wraps: [ReplacedWrap], in table: WrapTable, target: UInt32, damaged: [IntegrityFault], holder: Blob, now: UInt64
    ) async throws(StoreError) -> Set<Int64> {
        let time = try ColumnValue.integer(now, "time")
        guard let column = Self.wrapColumns[table] else { throw .invalid("a table without wraps") }
        return try await write { db in
            try Self.requireJob(db, target: target, holder: holder)
            try Self.requireCurrent(db, kekEpoch: target)
            var replaced: Set<Int64> = []
            replaced.reserveCapacity(wraps.count)
            let statement = try db.cachedStatement(
                sql: "UPDATE \(table.rawValue) SET \(column) = ?, kek_version = ? WHERE rowid = ? AND \(column) = ?")
            for wrap in wraps {
                let new = try ColumnValue.blob(wrap.new, WrapLimits.range, "wrap")
                try statement.execute(arguments: [new, Int64(target), wrap.rowID, wrap.old.column])
                if db.changesCount == 1 { replaced.insert(wrap.rowID) }
            }
            try db.execute(
                sql: "UPDATE kek_jobs SET heartbeat = ?, rewrapped = rewrapped + ?, damaged = ?, damaged_rows = ? WHERE id = 1",
                arguments: [time, replaced.count, damaged.count, KEKJob.lines(damaged.map(\.description))])
            return replaced
        }
    }

    package func kekUses() async throws(StoreError) -> WrapCounts {
        try await read { db in
            var counts: WrapCounts = [:]
            for table in WrapTable.allCases {
                let sql = "SELECT kek_version AS epoch, count(*) AS rows FROM \(table.rawValue) GROUP BY kek_version"
                for row in try Row.fetchAll(db, sql: sql) {
                    let reader = RowReader(row)
                    guard let epoch = try? reader.integer("epoch", as: UInt32.self),
                        let rows = try? reader.integer("rows", as: UInt64.self)
                    else { continue }
                    counts[epoch, default: [:]][table] = rows
                }
            }
            return counts
        }
    }

    package func retireKEKEpoch(_ epoch: UInt32) async throws(StoreError) -> UInt64 {
        try await write { db in
            guard let standing = try Self.kekEpochs(db).first(where: { $0.epoch == epoch }) else { throw StoreError.notFound }
            guard standing.state != .current else { throw StoreError.invalid("the current epoch cannot be retired") }
            // Its batches are under a version already that no row names yet.
            guard try !db.exists("kek_jobs", "WHERE state = 'running'", []) else {
                throw StoreError.invalid("no epoch can be retired while a job runs")
            }
            var left: UInt64 = 0
            for table in WrapTable.allCases {
                // A row that names no epoch might need any.
                let sql = "SELECT count(*) FROM \(table.rawValue) WHERE kek_version IN (0, ?)"
                left += UInt64(max(0, try Int64.fetchOne(db, sql: sql, arguments: [Int64(epoch)]) ?? 0))
            }
            if left == 0 { try db.execute(sql: "UPDATE kek_epochs SET state = 'retired' WHERE epoch = ?", arguments: [Int64(epoch)]) }
            return left
        }
    }

    /// The columns after the row id, in the order in which ``Found`` reads them, and where they stand.
    private static func query(of table: WrapTable) -> (columns: String, source: String) {
        switch table {
        case .secrets: ("w.wrapped, w.name", "secrets w")
        case .slots: ("w.*", "slots w")
        case .seals:
            ("w.wrapped_seal, w.key_id, w.version, w.recipient_kind, w.recipient_id, w.recipient_public_key", "seals w")
        case .sessionEntries:
            (
                (["w.wrapped_entry", "w.session_id", "w.key_id", "w.version", "s.expires_at"] + StalePolicy.columns.map { "s." + $0 })
                    .joined(separator: ", "), "session_entries w LEFT JOIN sessions s ON s.id = w.session_id"
            )
        }
    }
}
