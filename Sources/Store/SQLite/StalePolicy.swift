import GRDB
import Model

/// A session's policy as its columns hold it. Most sessions have one of few policies: each is parsed once a batch.
struct StalePolicy: Hashable {
    /// In the order of ``values``.
    static let columns = [
        "kind", "policy_methods", "policy_paths", "policy_origins", "policy_maximum_requests", "policy_rate", "policy_burst",
        "policy_maximum_concurrent", "policy_idle_seconds", "policy_allows_upgrade", "policy_minting_paths",
    ]

    private let values: [DatabaseValue]

    /// Policies that were parsed, or did not parse.
    struct Cache {
        private var parsed: [StalePolicy: SessionPolicy?] = [:]

        /// - Parameter place: of the first of the columns in the row.
        mutating func policy(of row: Row, from place: Int) -> SessionPolicy? {
            let values = StalePolicy(values: StalePolicy.columns.indices.map { row[place + $0] as DatabaseValue })
            if let known = parsed[values] { return known }
            let policy = try? SessionPolicy(row: RowReader(row))
            parsed[values] = .some(policy)
            return policy
        }
    }
}
