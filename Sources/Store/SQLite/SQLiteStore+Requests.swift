import GRDB
package import Model

extension SQLiteStore {
    package func reserveRequests(
        of session: SessionID, maximum: UInt64, wanted: UInt64
    ) async throws(StoreError) -> UInt64 {
        try await write { db in
            let reserved = try Self.reservedRequests(db, of: session)
            let block = RequestBlock.size(left: maximum > reserved ? maximum - reserved : 0, wanted: wanted)
            guard block > 0 else { return 0 }
            try db.cachedStatement(sql: "UPDATE session_requests SET reserved = reserved + ? WHERE session_id = ?")
                .execute(arguments: [Int64(block), session.column])
            return block
        }
    }

    package func returnRequests(_ counts: [SessionID: UInt64]) async throws(StoreError) {
        let unused = try counts.map { id, count throws(StoreError) in (id, try ColumnValue.integer(count, "requests")) }
        guard !unused.isEmpty else { return }
        try await write { db in
            for (id, count) in unused {
                try db.cachedStatement(sql: "UPDATE session_requests SET reserved = max(0, reserved - ?) WHERE session_id = ?")
                    .execute(arguments: [count, id.column])
            }
        }
    }

    private static func reservedRequests(_ db: Database, of session: SessionID) throws -> UInt64 {
        let sql = "SELECT reserved FROM session_requests WHERE session_id = ?"
        guard let row = try Row.fetchOne(db.cachedStatement(sql: sql), arguments: [session.column]) else {
            guard try db.exists("sessions", "WHERE id = ?", [session.column]) else { throw StoreError.notFound }
            // Each session with a maximum has a row: without one nobody knows what is left.
            throw StoreError.integrity(IntegrityFault(table: "session_requests", id: session.description))
        }
        do throws(RowFault) { return try RowReader(row).integer("reserved") } catch {
            throw StoreError.integrity(IntegrityFault(table: "session_requests", id: session.description))
        }
    }
}
