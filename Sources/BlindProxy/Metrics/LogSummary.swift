/// What a loop had counted at some moment, for the sums in the log.
struct LogSummary {
    /// Counts by code.
    struct Counts {
        var values: [String: UInt64] = [:]

        /// What grew, by code, in a fixed order.
        func subtracting(_ earlier: Counts) -> [(code: String, count: UInt64)] {
            values.compactMap { code, count in
                let before = earlier.values[code] ?? 0
                return count > before ? (code, count - before) : nil
            }.sorted { $0.code < $1.code }
        }
    }

    var refused = Counts()
    var failed = Counts()
    var redactions: UInt64 = 0
    var connectionsRefused: UInt64 = 0

    init() {}

    init(_ metrics: LoopMetrics) {
        refused.values = metrics.refused
        failed.values = metrics.failed
        // That a client leaves is nobody's fault.
        failed.values["client_closed"] = nil
        redactions = metrics.redactions
        connectionsRefused = metrics.connectionsRefused
    }
}
