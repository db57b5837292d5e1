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
        var rest = byAccount(records)[...]
        for (count, sql) in [(rowsAtOnce, many), (1, one)] {
            let statement = try db.cachedStatement(sql: sql)
            while rest.count >= count {
                try statement.execute(arguments: arguments(of: rest.prefix(count)))
                rest = rest.dropFirst(count)
            }
        }
    }

    /// Sorted by the beginning of the account's id: what begins alike may stand in any order.
    private static func byAccount(_ records: [UsageRecord]) -> [UsageRecord] {
        let places = records.enumerated().map { place, record in
            (key: record.accountID.bytes.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }, place: place)
        }
        return places.sorted { $0.key < $1.key }.map { records[$0.place] }
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

    private static func arguments(of rows: ArraySlice<UsageRecord>) throws(StoreError) -> StatementArguments {
        var ids = Data(capacity: rows.count * idBytes)
        // Not values of GRDB, which it would map by a key path, several times as slow.
        var values: [(any DatabaseValueConvertible)?] = [nil]
        values.reserveCapacity(1 + 8 * rows.count)
        for row in rows {
            ids.append(contentsOf: row.accountID.bytes)
            ids.append(contentsOf: row.sessionID.bytes)
            ids.append(contentsOf: row.keyID.bytes)
            values.append(try ColumnValue.integer(row.at, "time"))
            values.append(Int64(row.version))
            values.append(Int64(row.status))
            values.append(try ColumnValue.integer(row.requests, "requests"))
            values.append(try ColumnValue.integer(row.bytesUp, "bytes up"))
            values.append(try ColumnValue.integer(row.bytesDown, "bytes down"))
            values.append(try ColumnValue.integer(row.redactions, "redactions"))
            values.append(try ColumnValue.integer(row.exposureMicroseconds, "exposure"))
        }
        values[0] = ids
        return StatementArguments(values)
    }
}
