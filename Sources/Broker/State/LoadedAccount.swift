import Model
import Sessions
import Store

/// One account as it was read, checked and opened: what the session table gets, and what was wrong.
struct LoadedAccount: Sendable {
    /// `false`: there is no such account, or nothing of it can be believed; whatever of it lives is to be ended.
    var isUsable = false
    var keys: [LiveKeySource] = []
    var sessions: [LiveSessionSource] = []
    var faults: [IntegrityFault] = []
    /// The entries opened so far; replaces the account's cache.
    var cache = EntryCache()
    /// Whether some entries wait for the KEK. Sessions with none of their entries are not in `sessions` then.
    var waitsForKEK = false
}
