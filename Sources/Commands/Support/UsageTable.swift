import Model

/// Sums of calls as rows for people.
struct UsageTable {
    private let dimensions: Set<UsageMessages.Dimension>

    init(_ dimensions: Set<UsageMessages.Dimension>) {
        self.dimensions = dimensions
    }

    var header: [String] {
        var header: [String] = []
        if dimensions.contains(.day) { header.append("DAY") }
        if dimensions.contains(.session) { header.append("SESSION") }
        if namesKey { header.append("KEY") }
        if dimensions.contains(.status) { header.append("STATUS") }
        return header + ["REQUESTS", "BYTES UP", "BYTES DOWN", "REDACTIONS", "EXPOSURE"]
    }

    func row(_ sum: UsageMessages.Sum) -> [String] {
        var row: [String] = []
        if dimensions.contains(.day) { row.append(sum.day.map { String(TimeText.date($0).prefix(10)) } ?? "") }
        if dimensions.contains(.session) { row.append(sum.sessionID?.description ?? "") }
        if namesKey { row.append((sum.alias?.text ?? "") + (sum.version.map { "@\($0)" } ?? "")) }
        if dimensions.contains(.status) { row.append(sum.status.map { "\($0)" } ?? "") }
        return row + ["\(sum.requests)", "\(sum.bytesUp)", "\(sum.bytesDown)", "\(sum.redactions)", Self.exposure(sum)]
    }

    private var namesKey: Bool { dimensions.contains(.alias) || dimensions.contains(.version) }

    /// The mean over the calls that opened a key.
    private static func exposure(_ sum: UsageMessages.Sum) -> String {
        guard sum.exposures > 0 else { return "-" }
        return "\(max(1, sum.exposureMicroseconds / sum.exposures)) µs"
    }
}
