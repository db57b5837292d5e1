/// Calls of one alias on one event loop, by the status the client saw.
final class AliasCalls {
    let id: SeriesID
    private let registry: SeriesRegistry
    /// Mostly one or two: found faster than through a hash.
    private(set) var statuses: [(status: UInt16, count: UInt64)] = []
    /// Calls with statuses beyond the bound.
    private(set) var others: UInt64 = 0

    init(_ id: SeriesID, registry: SeriesRegistry) {
        self.id = id
        self.registry = registry
    }

    /// Counts one call.
    func count(_ status: UInt16) {
        for index in statuses.indices where statuses[index].status == status {
            statuses[index].count &+= 1
            return
        }
        // `other` has no statuses of its own: one more series is all it costs.
        guard id != .other, registry.admits(status, of: id) else {
            others &+= 1
            return
        }
        statuses.append((status, 1))
    }
}
