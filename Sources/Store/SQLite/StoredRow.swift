import GRDB

/// A record that is one row of one table.
protocol StoredRow: Sendable {
    static var table: String { get }
    /// The columns of its primary key.
    static var identity: [String] { get }
    init(row: RowReader) throws(RowFault)
    func columns() throws(StoreError) -> Columns
}

/// Column names (constants of ours) with the values to bind.
typealias Columns = [(name: String, value: (any DatabaseValueConvertible)?)]

/// Rows that parsed, and those that did not.
struct Rows<Value> {
    var values: [Value] = []
    var faults: [IntegrityFault] = []
}

extension Database {
    func insertRow(_ row: some StoredRow, adding extra: Columns = []) throws {
        let columns = try row.columns() + extra
        let names = columns.map(\.name).joined(separator: ", ")
        let marks = columns.map { _ in "?" }.joined(separator: ", ")
        // Parsed once for a connection, not once for a row.
        try cachedStatement(sql: "INSERT INTO \(type(of: row).table) (\(names)) VALUES (\(marks))")
            .execute(arguments: StatementArguments(columns.map(\.value)))
    }

    /// - Parameter clause: what follows the table's name, a constant of ours.
    func rows<Value: StoredRow>(_ type: Value.Type, _ clause: String, _ arguments: StatementArguments) throws -> Rows<Value> {
        var result = Rows<Value>()
        // Parsed once for a connection: reading the sessions of an account asks for each one's entries.
        let statement = try cachedStatement(sql: "SELECT * FROM \(Value.table) \(clause)")
        let cursor = try Row.fetchCursor(statement, arguments: arguments)
        while let row = try cursor.next() {
            let reader = RowReader(row)
            do throws(RowFault) {
                result.values.append(try Value(row: reader))
            } catch {
                result.faults.append(IntegrityFault(table: Value.table, id: reader.describeIdentity(Value.identity)))
            }
        }
        return result
    }

    /// The one row that matches, if there is one.
    /// - Throws: `StoreError.integrity` where it does not parse.
    func row<Value: StoredRow>(_ type: Value.Type, _ clause: String, _ arguments: StatementArguments) throws -> Value? {
        let found = try rows(type, clause, arguments)
        if let fault = found.faults.first { throw StoreError.integrity(fault) }
        return found.values.first
    }

    func exists(_ table: String, _ clause: String, _ arguments: StatementArguments) throws -> Bool {
        try Row.fetchOne(self, sql: "SELECT 1 FROM \(table) \(clause) LIMIT 1", arguments: arguments) != nil
    }
}
