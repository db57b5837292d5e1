import GRDB
import Model

extension SessionPolicy {
    init(row: RowReader) throws(RowFault) {
        guard let kind = Kind(rawValue: try row.integer("kind")) else { throw RowFault("kind") }
        self.init(kind: kind)
        methods = try row.lines("policy_methods")
        paths = try row.paths("policy_paths")
        origins = try row.lines("policy_origins")
        maximumRequests = try row.integer("policy_maximum_requests")
        rate = try row.integer("policy_rate")
        burst = try row.integer("policy_burst")
        maximumConcurrent = try row.integer("policy_maximum_concurrent")
        idleSeconds = try row.integer("policy_idle_seconds")
        allowsUpgrade = try row.flag("policy_allows_upgrade")
        mintingPaths = try row.paths("policy_minting_paths")
        guard (try? canonical()) == self else { throw RowFault("policy_methods") }
    }

    func columns() throws(StoreError) -> Columns {
        guard (try? canonical()) == self else { throw StoreError.invalid("the policy is not in its canonical form") }
        return [
            ("kind", Int64(kind.rawValue)),
            ("policy_methods", try ColumnValue.lines(methods, "methods")),
            ("policy_paths", try ColumnValue.lines(paths.map(\.text), "paths")),
            ("policy_origins", try ColumnValue.lines(origins, "origins")),
            ("policy_maximum_requests", try ColumnValue.integer(maximumRequests, "maximum requests")),
            ("policy_rate", try ColumnValue.integer(rate, "rate")),
            ("policy_burst", Int64(burst)),
            ("policy_maximum_concurrent", Int64(maximumConcurrent)),
            ("policy_idle_seconds", Int64(idleSeconds)),
            ("policy_allows_upgrade", allowsUpgrade),
            ("policy_minting_paths", try ColumnValue.lines(mintingPaths.map(\.text), "minting paths")),
        ]
    }
}
