import Measures
import Model

/// Adds usage records up by the dimensions somebody asked for.
struct UsageSums {
    private let dimensions: Set<UsageMessages.Dimension>
    private let aliases: [KeyID: Alias]
    /// Found by the sum's own labels, its counts left at zero.
    private var sums: [UsageMessages.Sum: UsageMessages.Sum] = [:]

    /// - Parameter keys: of the account; records of others are left out.
    init(by dimensions: Set<UsageMessages.Dimension>, keys: [KeyRecord]) {
        self.dimensions = dimensions
        aliases = Dictionary(keys.map { ($0.id, $0.alias) }, uniquingKeysWith: { first, _ in first })
    }

    mutating func add(_ record: UsageRecord) {
        guard let alias = aliases[record.keyID] else { return }
        let labels = UsageMessages.Sum(
            day: dimensions.contains(.day) ? record.at / 86_400 * 86_400 : nil,
            sessionID: dimensions.contains(.session) ? record.sessionID : nil,
            alias: dimensions.contains(.alias) ? alias : nil,
            version: dimensions.contains(.version) ? record.version : nil,
            status: dimensions.contains(.status) ? record.status : nil)
        var sum = sums[labels] ?? labels
        sum.requests = sum.requests.addingSaturating(record.requests)
        sum.bytesUp = sum.bytesUp.addingSaturating(record.bytesUp)
        sum.bytesDown = sum.bytesDown.addingSaturating(record.bytesDown)
        sum.redactions = sum.redactions.addingSaturating(record.redactions)
        // Either all calls of a record opened a key, or none (UsageMeter).
        if record.exposureMicroseconds > 0 { sum.exposures = sum.exposures.addingSaturating(record.requests) }
        sum.exposureMicroseconds = sum.exposureMicroseconds.addingSaturating(record.exposureMicroseconds)
        sums[labels] = sum
    }

    /// Oldest day first, then by session, alias, version and status.
    var sorted: [UsageMessages.Sum] {
        sums.values.sorted { a, b in
            func place(_ sum: UsageMessages.Sum) -> (UInt64, String, String, UInt32, UInt16) {
                (sum.day ?? 0, sum.sessionID?.description ?? "", sum.alias?.text ?? "", sum.version ?? 0, sum.status ?? 0)
            }
            return place(a) < place(b)
        }
    }
}
