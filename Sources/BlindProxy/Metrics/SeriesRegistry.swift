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
    /// Statuses counted by number, for each alias.
    static let maximumStatuses = 20

    private let known = Mutex<[SeriesID: Set<UInt16>]>([:])

    /// The series for an alias: its own, or `other` where too many are known. Once its own, always its own.
    func admit(_ id: SeriesID) -> SeriesID {
        known.withLock { known in
            if known[id] != nil { return id }
            guard known.count < Self.maximumAliases else { return .other }
            known[id] = []
            return id
        }
    }

    /// Whether a status is counted by its number; once so, always so.
    func admits(_ status: UInt16, of id: SeriesID) -> Bool {
        known.withLock { known in
            var statuses = known[id] ?? []
            if statuses.contains(status) { return true }
            guard statuses.count < Self.maximumStatuses else { return false }
            statuses.insert(status)
            known[id] = statuses
            return true
        }
    }
}
