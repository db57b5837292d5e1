import GRDB

extension SQLiteStore {
    static func result<T>(_ body: () throws -> T) -> Result<T, StoreError> {
        do { return .success(try body()) } catch { return .failure(mapped(error)) }
    }

    static func mapping<T>(_ body: () throws -> T) throws(StoreError) -> T { try result(body).get() }

    /// SQLite's own text names tables, columns and constraints; values are bound, so they are not in it.
    private static func mapped(_ error: any Error) -> StoreError {
        if let error = error as? StoreError { return error }
        guard let error = error as? DatabaseError else { return .unavailable("database access failed") }
        let text = "\(error.message ?? "no message") (SQLite \(error.extendedResultCode.rawValue))"
        return switch error.resultCode {
        case .SQLITE_FULL: .full
        case .SQLITE_CORRUPT, .SQLITE_NOTADB: .corrupt(text)
        case .SQLITE_CONSTRAINT: .invalid(text)
        default: .unavailable(text)
        }
    }
}
