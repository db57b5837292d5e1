import Model
import Synchronization

/// Which alias of which account calls are counted under; what does not fit the bound is counted under `_other`, a text no alias can be.
struct SeriesID: Hashable, Sendable {
    /// Account id.
    let account: String
    let alias: String

    init(account: AccountID, alias: Alias) {
        self.account = "\(account)"
        self.alias = alias.text
    }

    private init(other: String) {
        account = other
        alias = other
    }

    static let other = SeriesID(other: "_other")
}

/// The process's bound on the number of series: labels come from users and statuses from upstreams, and a scrape must stay small.
///
/// Asked only when an event loop meets an alias or a status for the first time; counting itself takes no lock.
final class SeriesRegistry: Sendable {
    /// Aliases counted by name.
    static let maximumAliases = 500
    /// Of them, aliases of one account: one with many keys does not take the names of all others.
    static let maximumAliasesPerAccount = 50
    /// Statuses counted by number, for each alias.
    static let maximumStatuses = 20

    private struct Known {
        var statuses: [SeriesID: Set<UInt16>] = [:]
        /// Aliases by account.
        var counts: [String: Int] = [:]
    }

    private let known = Mutex(Known())

    /// The series for an alias: its own, or `other` where too many are known. Once its own, always its own.
    func admit(_ id: SeriesID) -> SeriesID {
        known.withLock { known in
            if known.statuses[id] != nil { return id }
            let ofAccount = known.counts[id.account, default: 0]
            guard known.statuses.count < Self.maximumAliases, ofAccount < Self.maximumAliasesPerAccount else { return .other }
            known.statuses[id] = []
            known.counts[id.account] = ofAccount + 1
            return id
        }
    }

    /// Whether a status is counted by its number; once so, always so.
    func admits(_ status: UInt16, of id: SeriesID) -> Bool {
        known.withLock { known in
            var statuses = known.statuses[id] ?? []
            if statuses.contains(status) { return true }
            guard statuses.count < Self.maximumStatuses else { return false }
            statuses.insert(status)
            known.statuses[id] = statuses
            return true
        }
    }
}
