import GRDB
import Model

extension UsageRecord: StoredRow {
    static let table = "usage"
    static let identity = ["at", "session_id", "key_id", "version", "status"]

    init(row: RowReader) throws(RowFault) {
        self.init(
            at: try row.integer("at"), accountID: try row.id("account_id"), sessionID: try row.id("session_id"),
            keyID: try row.id("key_id"), version: try row.integer("version"), status: try row.integer("status"),
            requests: try row.integer("requests"), bytesUp: try row.integer("bytes_up"), bytesDown: try row.integer("bytes_down"),
            redactions: try row.integer("redactions"), exposureMicroseconds: try row.integer("exposure_us"))
    }

    func columns() throws(StoreError) -> Columns {
        [
            ("at", try ColumnValue.integer(at, "time")),
            ("account_id", accountID.column),
            ("session_id", sessionID.column),
            ("key_id", keyID.column),
            ("version", Int64(version)),
            ("status", Int64(status)),
            ("requests", try ColumnValue.integer(requests, "requests")),
            ("bytes_up", try ColumnValue.integer(bytesUp, "bytes up")),
            ("bytes_down", try ColumnValue.integer(bytesDown, "bytes down")),
            ("redactions", try ColumnValue.integer(redactions, "redactions")),
            ("exposure_us", try ColumnValue.integer(exposureMicroseconds, "exposure")),
        ]
    }
}
