import GRDB
import Model

extension KEKJob: StoredRow {
    static let table = "kek_jobs"
    static let identity = ["id"]

    /// Most bytes of a cause.
    static let causeLimit = 1024

    init(row: RowReader) throws(RowFault) {
        guard let state = State(rawValue: try row.text("state", limit: 16)) else { throw RowFault("state") }
        self.init(
            target: try row.integer("target"), state: state, holder: try row.optionalBlob("holder", 16...16),
            heartbeat: try row.integer("heartbeat"), total: try row.integer("total"), rewrapped: try row.integer("rewrapped"),
            damaged: try row.integer("damaged"), damagedRows: try row.lines("damaged_rows"),
            cause: try row.text("cause", limit: Self.causeLimit), startedAt: try row.integer("started_at"),
            finishedAt: try row.optionalInteger("finished_at"))
    }

    func columns() throws(StoreError) -> Columns {
        [
            ("id", 1),
            ("target", Int64(target)),
            ("state", state.rawValue),
            ("holder", holder?.column),
            ("heartbeat", try ColumnValue.integer(heartbeat, "heartbeat")),
            ("total", try ColumnValue.integer(total, "total")),
            ("rewrapped", try ColumnValue.integer(rewrapped, "count")),
            ("damaged", try ColumnValue.integer(damaged, "count")),
            ("damaged_rows", Self.lines(damagedRows)),
            ("cause", Self.text(cause)),
            ("started_at", try ColumnValue.integer(startedAt, "start")),
            ("finished_at", try ColumnValue.optionalInteger(finishedAt, "end")),
        ]
    }

    /// One row a line; what is not visible ASCII, which a fault never holds, is left out.
    static func lines(_ rows: [String]) -> String {
        let visible = rows.prefix(maximumNamed).filter { !$0.isEmpty && $0.utf8.allSatisfy { (0x21...0x7e).contains($0) } }
        return visible.map { String($0.prefix(512)) }.joined(separator: "\n")
    }

    /// A cause as it is kept: its first bytes, without a NUL.
    static func text(_ cause: String) -> String {
        String(decoding: cause.utf8.filter { $0 != 0 }.prefix(causeLimit - 4), as: UTF8.self)
    }
}
