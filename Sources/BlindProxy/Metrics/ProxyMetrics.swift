import Measures

/// What all event loops counted, added up at one scrape.
struct ProxyMetrics: Sendable {
    struct CallLabels: Hashable, Sendable {
        let id: SeriesID
        /// `_other` for those beyond the bound.
        let status: String
    }

    var calls: [CallLabels: UInt64] = [:]
    var refused: [String: UInt64] = [:]
    var failed: [String: UInt64] = [:]
    var dialFailures: [String: UInt64] = [:]
    var exposure = TimeHistogram()
    var added = TimeHistogram()
    var bytesUp: UInt64 = 0
    var bytesDown: UInt64 = 0
    var redactions: UInt64 = 0
    var connectionsAccepted: UInt64 = 0
    var connectionsRefused: UInt64 = 0
    var dials: UInt64 = 0
    /// As they stand now.
    var clientConnections: UInt64 = 0
    var activeCalls: UInt64 = 0
    var activeStreams: UInt64 = 0
    var upstreamConnections: UInt64 = 0
    var idleConnections: UInt64 = 0

    init() {}

    /// What one loop counted; on that loop.
    init(_ loop: LoopMetrics) {
        for calls in loop.calls {
            for (status, count) in calls.statuses { self.calls[CallLabels(id: calls.id, status: "\(status)")] = count }
            if calls.others > 0 { self.calls[CallLabels(id: calls.id, status: "_other")] = calls.others }
        }
        refused = loop.refused
        failed = loop.failed
        dialFailures = loop.dialFailures
        exposure = loop.exposure
        added = loop.added
        bytesUp = loop.bytesUp
        bytesDown = loop.bytesDown
        redactions = loop.redactions
        connectionsAccepted = loop.connectionsAccepted
        connectionsRefused = loop.connectionsRefused
        dials = loop.dials
        upstreamConnections = loop.upstreamConnections
    }

    mutating func add(_ other: ProxyMetrics) {
        calls.merge(other.calls, uniquingKeysWith: &+)
        refused.merge(other.refused, uniquingKeysWith: &+)
        failed.merge(other.failed, uniquingKeysWith: &+)
        dialFailures.merge(other.dialFailures, uniquingKeysWith: &+)
        exposure.add(other.exposure)
        added.add(other.added)
        bytesUp &+= other.bytesUp
        bytesDown &+= other.bytesDown
        redactions &+= other.redactions
        connectionsAccepted &+= other.connectionsAccepted
        connectionsRefused &+= other.connectionsRefused
        dials &+= other.dials
        clientConnections &+= other.clientConnections
        activeCalls &+= other.activeCalls
        activeStreams &+= other.activeStreams
        upstreamConnections &+= other.upstreamConnections
        idleConnections &+= other.idleConnections
    }
}
