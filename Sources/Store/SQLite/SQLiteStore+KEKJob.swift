import GRDB
package import Model

extension SQLiteStore {
    package func kekJob() async throws(StoreError) -> KEKJob? {
        try await read { db in try Self.job(db) }
    }

    package func startKEKJob(target: UInt32, now: UInt64) async throws(StoreError) -> KEKJob {
        try await write { db in
            try Self.requireCurrent(db, kekEpoch: target)
            let total = try Self.staleCount(db, below: target)
            if let running = try Self.job(db), running.state == .running {
                guard running.target < target else { return running }
                try db.execute(
                    sql: "UPDATE kek_jobs SET target = ?, total = rewrapped + ? WHERE id = 1", arguments: [Int64(target), Int64(total)])
            } else {
                try db.execute(sql: "DELETE FROM kek_jobs")
                try db.insertRow(
                    KEKJob(
                        target: target, state: .running, holder: nil, heartbeat: now, total: total, rewrapped: 0, damaged: 0,
                        damagedRows: [], cause: "", startedAt: now, finishedAt: nil))
            }
            guard let job = try Self.job(db) else { throw StoreError.unavailable("the job was not kept") }
            return job
        }
    }

    package func claimKEKJob(holder: Blob, now: UInt64, staleSeconds: UInt64) async throws(StoreError) -> KEKJob? {
        let holderColumn = try ColumnValue.blob(holder, count: 16, "holder")
        let time = try ColumnValue.integer(now, "time")
        guard let job = try await kekJob(), job.state == .running else {
            jobLock.release()
            return nil
        }
        let isLocked = jobLock.take()
        let claimed = try await write { db -> KEKJob? in
            guard let job = try Self.job(db), job.state == .running else { return nil }
            let isSilent = job.heartbeat &+ staleSeconds <= now || job.heartbeat > now &+ staleSeconds
            guard job.holder == nil || job.holder == holder || isLocked || isSilent else { return nil }
            try db.execute(
                sql: "UPDATE kek_jobs SET holder = ?, heartbeat = ?, cause = '' WHERE id = 1", arguments: [holderColumn, time])
            return try Self.job(db)
        }
        if claimed == nil { jobLock.release() }
        return claimed
    }

    package func beatKEKJob(holder: Blob, now: UInt64) async throws(StoreError) {
        let time = try ColumnValue.integer(now, "time")
        try await write { db in
            try db.execute(
                sql: "UPDATE kek_jobs SET heartbeat = ? WHERE holder = ? AND state = 'running'", arguments: [time, holder.column])
            guard db.changesCount == 1 else { throw StoreError.notFound }
        }
    }

    package func releaseKEKJob(holder: Blob, cause: String) async throws(StoreError) {
        defer { jobLock.release() }
        try await write { db in
            try db.execute(
                sql: "UPDATE kek_jobs SET holder = NULL, cause = ? WHERE holder = ? AND state = 'running'",
                arguments: [KEKJob.text(cause), holder.column])
        }
    }

    package func finishKEKJob(
        target: UInt32, damaged: [IntegrityFault], holder: Blob, now: UInt64
    ) async throws(StoreError) -> Bool {
        let time = try ColumnValue.integer(now, "time")
        let isFinished = try await write { db in
            try Self.requireJob(db, target: target, holder: holder)
            try Self.requireCurrent(db, kekEpoch: target)
            let left = try Self.staleCount(db, below: target)
            guard left <= UInt64(damaged.count) else { return false }
            try db.execute(
                sql: """
                    UPDATE kek_jobs SET state = ?, holder = NULL, heartbeat = ?, finished_at = ?, damaged = ?, damaged_rows = ?, cause = ''
                    WHERE id = 1
                    """,
                arguments: [
                    left == 0 ? "done" : "damaged", time, time, Int64(left), left == 0 ? "" : KEKJob.lines(damaged.map(\.description)),
                ])
            return true
        }
        if isFinished { jobLock.release() }
        return isFinished
    }

    package func truncateLog() async throws(StoreError) -> Bool {
        let result: Result<Bool, StoreError> = await withCheckedContinuation { continuation in
            pool.asyncWriteWithoutTransaction { db in
                continuation.resume(
                    returning: Self.result {
                        try db.execute(sql: "PRAGMA busy_timeout = 200")
                        defer { try? db.execute(sql: "PRAGMA busy_timeout = \(Int(Self.busySeconds * 1000))") }
                        let row = try Row.fetchOne(db, sql: "PRAGMA wal_checkpoint(TRUNCATE)")
                        // busy ‖ frames in the log ‖ frames moved; after it is cut both counts are 0.
                        guard let row, case .int64(0) = (row[0] as DatabaseValue).storage else { return false }
                        return try StoreDirectory.isEmpty(self.path + "-wal")
                    })
            }
        }
        return try result.get()
    }

    /// - Throws: `.notFound` where the job is not this holder's with this target.
    static func requireJob(_ db: Database, target: UInt32, holder: Blob) throws {
        guard let job = try job(db), job.state == .running, job.holder == holder, job.target == target else { throw StoreError.notFound }
    }

    /// Rows of epochs below `target`.
    static func staleCount(_ db: Database, below target: UInt32) throws -> UInt64 {
        try wrapColumns.keys.reduce(into: UInt64(0)) { sum, table in
            let count = try Int64.fetchOne(
                db, sql: "SELECT count(*) FROM \(table.rawValue) WHERE kek_version < ?", arguments: [Int64(target)])
            sum += UInt64(max(0, count ?? 0))
        }
    }

    private static func job(_ db: Database) throws -> KEKJob? { try db.row(KEKJob.self, "WHERE id = 1", []) }
}
