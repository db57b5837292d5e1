import GRDB
package import Model

extension SQLiteStore {
    @discardableResult
    package func appendAudit(_ next: @escaping @Sendable (AuditHead?) -> AuditRecord) async throws(StoreError) -> AuditRecord {
        try await write { db in
            let last = try Self.auditHead(db)
            let record = next(last)
            let (expected, overflow) = (last?.sequence ?? 0).addingReportingOverflow(1)
            let previous = last?.hash ?? Blob([UInt8](repeating: 0, count: 32))
            guard !overflow, record.sequence == expected, record.previousHash == previous else {
                throw StoreError.invalid("the audit record does not continue the chain")
            }
            try db.insertRow(record)
            return record
        }
    }

    private static func auditHead(_ db: Database) throws -> AuditHead? {
        guard let row = try Row.fetchOne(db, sql: "SELECT sequence, hash FROM audit ORDER BY sequence DESC LIMIT 1") else { return nil }
        let reader = RowReader(row)
        do throws(RowFault) {
            let hash = (try? reader.blob("hash", count: 32)) ?? Blob([UInt8](repeating: 0, count: 32))
            return AuditHead(sequence: try reader.integer("sequence"), hash: hash)
        } catch {
            throw StoreError.integrity(IntegrityFault(table: AuditRecord.table, id: reader.describeIdentity(AuditRecord.identity)))
        }
    }

    package func audit(last count: Int) async throws(StoreError) -> [AuditRecord] {
        try await read { db in
            Array(try db.rows(AuditRecord.self, "ORDER BY sequence DESC LIMIT ?", [max(0, count)]).values.reversed())
        }
    }

    package func audit(from sequence: UInt64, limit: Int) async throws(StoreError) -> [AuditRecord] {
        let sequence = try ColumnValue.integer(sequence, "sequence")
        return try await read { db in
            let found = try db.rows(AuditRecord.self, "WHERE sequence >= ? ORDER BY sequence LIMIT ?", [sequence, max(0, limit)])
            if let fault = found.faults.first { throw StoreError.integrity(fault) }
            return found.values
        }
    }

    package func secret(named name: String) async throws(StoreError) -> Blob? {
        try await read { db in try Self.secret(db, named: name) }
    }

    package func insertSecret(named name: String, wrapped: Blob, kekEpoch: UInt32) async throws(StoreError) -> Blob {
        let name = try ColumnValue.text(name, limit: 64, "name")
        let data = try ColumnValue.blob(wrapped, WrapLimits.range, "wrapped secret")
        return try await write { db in
            if let standing = try Self.secret(db, named: name) { return standing }
            try Self.requireCurrent(db, kekEpoch: kekEpoch)
            try db.execute(
                sql: "INSERT INTO secrets (name, wrapped, kek_version) VALUES (?, ?, ?)", arguments: [name, data, Int64(kekEpoch)])
            return wrapped
        }
    }

    private static func secret(_ db: Database, named name: String) throws -> Blob? {
        guard let row = try Row.fetchOne(db, sql: "SELECT wrapped FROM secrets WHERE name = ?", arguments: [name]) else { return nil }
        do throws(RowFault) { return try RowReader(row).blob("wrapped", WrapLimits.range) } catch {
            throw StoreError.integrity(IntegrityFault(table: "secrets", id: Blob(Array(name.utf8.prefix(64))).text))
        }
    }
}
