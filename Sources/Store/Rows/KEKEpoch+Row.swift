import GRDB
import Model

extension KEKEpoch: StoredRow {
    static let table = "kek_epochs"
    static let identity = ["epoch"]

    /// Longest URI of a custody, in bytes.
    static let custodyLimit = 1024

    init(row: RowReader) throws(RowFault) {
        guard let state = State(rawValue: try row.text("state", limit: 16)) else { throw RowFault("state") }
        let epoch: UInt32 = try row.integer("epoch")
        let version: UInt32 = try row.integer("version")
        guard epoch >= 1, version >= 1 else { throw RowFault("epoch") }
        self.init(
            epoch: epoch, custody: try row.text("custody", limit: Self.custodyLimit), version: version, state: state,
            createdAt: try row.integer("created_at"), probe: try row.optionalBlob("probe", WrapLimits.range))
    }

    func columns() throws(StoreError) -> Columns {
        guard epoch >= 1, version >= 1, !custody.isEmpty else { throw StoreError.invalid("an epoch has a custody, and counts from 1") }
        return [
            ("epoch", Int64(epoch)),
            ("custody", try ColumnValue.text(custody, limit: Self.custodyLimit, "custody")),
            ("version", Int64(version)),
            ("state", state.rawValue),
            ("created_at", try ColumnValue.integer(createdAt, "creation time")),
            ("probe", try probe.map { probe throws(StoreError) in try ColumnValue.blob(probe, WrapLimits.range, "probe") }),
        ]
    }
}
