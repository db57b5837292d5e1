import Foundation
import GRDB
import Model

/// Turns values of ours into column values, refusing what would not come back the same.
enum ColumnValue {
    /// 256 items of 1 024 bytes.
    static let maximumListBytes = 256 * 1025

    /// - Throws: `.invalid` for a number above 2^63 - 1, which SQLite cannot hold.
    static func integer(_ value: some BinaryInteger, _ column: String) throws(StoreError) -> Int64 {
        guard let stored = Int64(exactly: value) else { throw StoreError.invalid("\(column) is out of range") }
        return stored
    }

    static func optionalInteger(_ value: (some BinaryInteger)?, _ column: String) throws(StoreError) -> Int64? {
        guard let value else { return nil }
        return try integer(value, column)
    }

    /// - Throws: `.invalid` for text with a NUL, which SQLite would cut there, or longer than `limit` bytes.
    static func text(_ value: String, limit: Int, _ column: String) throws(StoreError) -> String {
        guard value.utf8.count <= limit, !value.utf8.contains(0) else { throw StoreError.invalid("\(column) is too long or holds a NUL") }
        return value
    }

    /// - Throws: `.invalid` for another length.
    static func blob(_ value: Blob, _ range: ClosedRange<Int>, _ column: String) throws(StoreError) -> Data {
        guard range.contains(value.bytes.count) else { throw StoreError.invalid("\(column) has \(value.bytes.count) bytes") }
        return Data(value.bytes)
    }

    static func blob(_ value: Blob, count: Int, _ column: String) throws(StoreError) -> Data { try blob(value, count...count, column) }

    /// One item a line. Items are visible ASCII, so none holds a line break and one list has one text.
    static func lines(_ items: [String], _ column: String) throws(StoreError) -> String {
        guard items.count <= 256, items.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { (0x21...0x7e).contains($0) } }) else {
            throw StoreError.invalid("\(column) holds an item that is not visible ASCII, or more than 256")
        }
        return items.joined(separator: "\n")
    }
}

extension Identifier {
    /// As it stands in a column.
    var column: Data { Data(bytes) }
}

extension Blob {
    /// As it stands in a column.
    var column: Data { Data(bytes) }
}
