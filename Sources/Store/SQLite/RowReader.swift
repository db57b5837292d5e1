import Foundation
import GRDB
import Model

/// Reads the columns of one row into values that can only be valid. Whatever stands in the file, it throws and never traps.
struct RowReader {
    private let values: [String: DatabaseValue]

    init(_ row: Row) {
        values = Dictionary(row.map { ($0.0, $0.1) }, uniquingKeysWith: { first, _ in first })
    }

    /// An integer in the range of its type, NULL refused.
    func integer<T: FixedWidthInteger>(_ column: String, as type: T.Type = T.self) throws(RowFault) -> T {
        guard case .int64(let stored) = values[column]?.storage, let value = T(exactly: stored) else { throw RowFault(column) }
        return value
    }

    func optionalInteger<T: FixedWidthInteger>(_ column: String, as type: T.Type = T.self) throws(RowFault) -> T? {
        if case .null = values[column]?.storage { return nil }
        return try integer(column)
    }

    /// 0 or 1.
    func flag(_ column: String) throws(RowFault) -> Bool {
        switch try integer(column, as: UInt8.self) {
        case 0: false
        case 1: true
        default: throw RowFault(column)
        }
    }

    /// Text of at most `limit` bytes.
    func text(_ column: String, limit: Int = 65_536) throws(RowFault) -> String {
        guard case .string(let text) = values[column]?.storage, text.utf8.count <= limit else { throw RowFault(column) }
        return text
    }

    func optionalText(_ column: String, limit: Int = 65_536) throws(RowFault) -> String? {
        if case .null = values[column]?.storage { return nil }
        return try text(column, limit: limit)
    }

    /// Bytes of a length in `range`.
    func blob(_ column: String, _ range: ClosedRange<Int>) throws(RowFault) -> Blob {
        guard case .blob(let data) = values[column]?.storage, range.contains(data.count) else { throw RowFault(column) }
        return Blob([UInt8](data))
    }

    func optionalBlob(_ column: String, _ range: ClosedRange<Int>) throws(RowFault) -> Blob? {
        if case .null = values[column]?.storage { return nil }
        return try blob(column, range)
    }

    func blob(_ column: String, count: Int) throws(RowFault) -> Blob { try blob(column, count...count) }

    func id<ID: Identifier>(_ column: String, as type: ID.Type = ID.self) throws(RowFault) -> ID {
        guard let id = ID(bytes: try blob(column, count: 16).bytes) else { throw RowFault(column) }
        return id
    }

    func optionalID<ID: Identifier>(_ column: String, as type: ID.Type = ID.self) throws(RowFault) -> ID? {
        if case .null = values[column]?.storage { return nil }
        return try id(column)
    }

    /// One item a line; no line for an empty list. See ``ColumnValue/lines(_:)``.
    func lines(_ column: String) throws(RowFault) -> [String] {
        let text = try text(column, limit: ColumnValue.maximumListBytes)
        return text.isEmpty ? [] : text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    /// Path prefixes, one a line, each in the one form the type would write.
    func paths(_ column: String) throws(RowFault) -> [PathPrefix] {
        var paths: [PathPrefix] = []
        for line in try lines(column) {
            guard let path = try? PathPrefix(line), path.text == line else { throw RowFault(column) }
            paths.append(path)
        }
        return paths
    }

    /// The row's id for a fault: its identity columns, whatever they hold, without showing text that somebody may have planted.
    func describeIdentity(_ columns: [String]) -> String {
        columns.map { column in
            switch values[column]?.storage {
            case .int64(let number): String(number)
            case .blob(let data): Blob([UInt8](data.prefix(32))).text
            case .string(let text): Blob(Array(text.utf8.prefix(32))).text
            default: "?"
            }
        }.joined(separator: "/")
    }
}

/// A column that does not hold what it must.
struct RowFault: Error, Equatable {
    let column: String

    init(_ column: String) { self.column = column }
}
