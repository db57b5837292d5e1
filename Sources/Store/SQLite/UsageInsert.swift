import Foundation
import GRDB
import Model

/// Stores rows of usage with few statements: they come by the thousand a second, and binding their values costs more than storing them.
///
/// A statement takes ten rows and all their ids as one value, of which it takes its parts itself. Rows go in by account: neighbours in the
/// index stand on one page.
enum UsageInsert {
    private static let rowsAtOnce = 10
    private static let idBytes = 48

    /// - Throws: `StoreError.invalid` for a number above 2^63 - 1.
    static func insert(_ records: [UsageRecord], into db: Database) throws {
        var rest = records.indices.sorted { records[$0].accountID < records[$1].accountID }[...]
        for (count, sql) in [(rowsAtOnce, many), (1, one)] {
            let statement = try db.cachedStatement(sql: sql)
            while rest.count >= count {
                try statement.execute(arguments: arguments(of: rest.prefix(count).map { records[$0] }))
                rest = rest.dropFirst(count)
            }
        }
    }

    private static let many = sql(rows: rowsAtOnce)
    private static let one = sql(rows: 1)

    private static func sql(rows: Int) -> String {
        let values = (0..<rows).map { row in
            let ids = (0..<3).map { "substr(?1, \(row * idBytes + $0 * 16 + 1), 16)" }
            return "(\((ids + Array(repeating: "?", count: 8)).joined(separator: ", ")))"
        }
        return """
            INSERT INTO \(UsageRecord.table) (account_id, session_id, key_id, at, version, status, requests, bytes_up, bytes_down, redactions,
                exposure_us)
            VALUES \(values.joined(separator: ", "))
            """
    }

    private static func arguments(of rows: [UsageRecord]) throws(StoreError) -> StatementArguments {
        var ids: [UInt8] = []
        ids.reserveCapacity(rows.count * idBytes)
        // Not values of GRDB, which it would map by a key path, several times as slow.
        var values: [(any DatabaseValueConvertible)?] = [nil]
        values.reserveCapacity(1 + 8 * rows.count)
        for row in rows {
            row.accountID.words.append(to: &ids)
            row.sessionID.words.append(to: &ids)
            row.keyID.words.append(to: &ids)
            values.append(try ColumnValue.integer(row.at, "time"))
            values.append(Int64(row.version))
            values.append(Int64(row.status))
            values.append(try ColumnValue.integer(row.requests, "requests"))
            values.append(try ColumnValue.integer(row.bytesUp, "bytes up"))
            values.append(try ColumnValue.integer(row.bytesDown, "bytes down"))
            values.append(try ColumnValue.integer(row.redactions, "redactions"))
            values.append(try ColumnValue.integer(row.exposureMicroseconds, "exposure"))
        }
        values[0] = Data(ids)
        return StatementArguments(values)
    }
}
