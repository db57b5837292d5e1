import Measures
import Sessions

/// What one event loop counts. Plain numbers, touched by its thread only; a scrape copies them on the loop, between two events.
final class LoopMetrics {
    /// From the start of opening a key to the wipe of its last copy.
    var exposure = TimeHistogram()
    /// What `CallTimes` adds up, of calls whose answer came from the upstream.
    var added = TimeHistogram()
    /// Bytes of bodies of calls that ended.
    var bytesUp: UInt64 = 0
    var bytesDown: UInt64 = 0
    /// Echoes of keys that were overwritten, in calls that ended.
    var redactions: UInt64 = 0
    /// Client connections that were one too many.
    var connectionsRefused: UInt64 = 0
    var connectionsAccepted: UInt64 = 0
    /// Connections to upstreams that stand.
    var upstreamConnections: UInt64 = 0
    var dials: UInt64 = 0
    /// By codes of `ProxyError`, which are ours and few.
    private(set) var dialFailures: [String: UInt64] = [:]
    private(set) var refused: [String: UInt64] = [:]
    private(set) var failed: [String: UInt64] = [:]
    private let registry: SeriesRegistry
    private var aliases: [SeriesID: AliasCalls] = [:]

    /// - Parameter registry: the process's.
    init(registry: SeriesRegistry) {
        self.registry = registry
    }

    /// Where calls with a key are counted; for as long as the loop lives.
    func calls(of key: LiveKey) -> AliasCalls {
        let id = registry.admit(SeriesID(account: key.accountID, alias: key.alias))
        if let known = aliases[id] { return known }
        let made = AliasCalls(id, registry: registry)
        aliases[id] = made
        return made
    }

    /// A request that was refused before a key or an upstream was touched.
    func countRefused(_ code: String) { refused[code, default: 0] &+= 1 }

    /// A call that did not end with the upstream's whole answer.
    func countFailed(_ code: String) { failed[code, default: 0] &+= 1 }

    func countDialFailure(_ code: String) { dialFailures[code, default: 0] &+= 1 }

    /// Calls per alias so far.
    var calls: [AliasCalls] { Array(aliases.values) }
}
