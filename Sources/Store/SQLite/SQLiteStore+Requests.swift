import GRDB
package import Model

extension SQLiteStore {
    package func reserveRequests(_ wanted: [WantedRequests]) async throws(StoreError) -> [Result<UInt64, StoreError>] {
        try await write { db in
            try wanted.map { wanted in
                guard let reserved = try Self.reservedRequests(db, of: wanted.session) else {
                    guard try db.exists("sessions", "WHERE id = ?", [wanted.session.column]) else { return .success(0) }
                    return .failure(.integrity(Self.requestsFault(wanted.session)))
                }
                let left = wanted.maximum > reserved ? wanted.maximum - reserved : 0
                let block = RequestBlock.size(left: left, wanted: wanted.count)
                guard block > 0 else { return .success(0) }
                try db.cachedStatement(sql: "UPDATE session_requests SET reserved = reserved + ? WHERE session_id = ?")
                    .execute(arguments: [Int64(block), wanted.session.column])
                return .success(block)
            }
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

    /// Sessions with a maximum whose count of requests is gone or does not parse.
    static func requestsFaults(_ db: Database, of sessions: [SessionState]) throws -> [IntegrityFault] {
        try sessions.filter { $0.record.policy.maximumRequests > 0 }
            .filter { try reservedRequests(db, of: $0.record.id) == nil }
            .map { requestsFault($0.record.id) }
    }

    private static func requestsFault(_ session: SessionID) -> IntegrityFault {
        IntegrityFault(table: "session_requests", id: session.description)
    }

    private static func reservedRequests(_ db: Database, of session: SessionID) throws -> UInt64? {
        let statement = try db.cachedStatement(sql: "SELECT reserved FROM session_requests WHERE session_id = ?")
        guard let row = try Row.fetchOne(statement, arguments: [session.column]) else { return nil }
        return try? RowReader(row).integer("reserved")
    }
}
