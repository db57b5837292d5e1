import GRDB
package import Model

extension SQLiteStore {
    package func insertWriter(_ writer: WriterRecord, expectedRevision: UInt64) async throws(StoreError) -> UInt64 {
        guard writer.revokedAt == nil else { throw .invalid("a new writer is not revoked") }
        return try await change(writer.accountID, expectedRevision: expectedRevision) { db in
            let key: StatementArguments = [writer.accountID.column, writer.publicKey.column]
            guard try !db.exists("writers", "WHERE id = ?", [writer.id.column]),
                try !db.exists("writers", "WHERE account_id = ? AND public_key = ?", key)
            else { throw StoreError.duplicate }
            try db.insertRow(writer)
        }
    }

    package func writers(of account: AccountID) async throws(StoreError) -> [WriterRecord] {
        try await read { db in try Self.writers(db, of: account).values }
    }

    package func writer(_ id: WriterID) async throws(StoreError) -> WriterRecord? {
        try await read { db in try db.row(WriterRecord.self, "WHERE id = ?", [id.column]) }
    }

    package func revokeWriter(_ writer: WriterID, of account: AccountID, at time: UInt64) async throws(StoreError) -> UInt64 {
        let time = try ColumnValue.integer(time, "time")
        return try await write { db in
            let own: StatementArguments = [writer.column, account.column]
            guard try db.exists("writers", "WHERE id = ? AND account_id = ?", own) else { throw StoreError.notFound }
            try db.execute(sql: "UPDATE writers SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL", arguments: [time, writer.column])
            guard db.changesCount == 1 else { return try Self.revision(db, of: account) }
            return try Self.raiseRevision(db, of: account)
        }
    }

    static func writers(_ db: Database, of account: AccountID) throws -> Rows<WriterRecord> {
        try db.rows(WriterRecord.self, "WHERE account_id = ? ORDER BY created_at, id", [account.column])
    }
}
