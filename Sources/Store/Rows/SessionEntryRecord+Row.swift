import GRDB
import Model

extension SessionEntryRecord: StoredRow {
    static let table = "session_entries"
    static let identity = ["session_id", "key_id", "version"]

    init(row: RowReader) throws(RowFault) {
        self.init(
            sessionID: try row.id("session_id"), keyID: try row.id("key_id"), version: try row.integer("version"),
            wrappedEntry: try row.blob("wrapped_entry", WrapLimits.range))
    }

    func columns() throws(StoreError) -> Columns {
        [
            ("session_id", sessionID.column),
            ("key_id", keyID.column),
            ("version", Int64(version)),
            ("wrapped_entry", try ColumnValue.blob(wrappedEntry, WrapLimits.range, "wrapped entry")),
        ]
    }
}
