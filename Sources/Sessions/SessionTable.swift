package import Model
import Synchronization

/// Every live session of the broker, in memory. Synchronous and sharded: a call costs the same with one session and with 100 000.
///
/// The broker feeds it (`install`, `end`, `remove`), the blind proxy asks it (`authorize`). It holds what is needed to use a key when a
/// token is presented, and nothing that opens one without.
package final class SessionTable: Sendable {
    static let shardCount = 64

    struct Shard: ~Copyable, Sendable {
        let sessions = Mutex<[SessionKey: LiveSession]>([:])
    }

    struct Account: Sendable {
        let live: LiveAccount
        var sessions: Set<SessionID>
    }

    /// Seconds since 1970.
    package let clock: @Sendable () -> UInt64
    /// Milliseconds that never go back.
    package let monotonicMilliseconds: @Sendable () -> UInt64
    let decoy: Decoy
    let shards: [Box]
    private let accounts = Mutex<[AccountID: Account]>([:])
    /// Sessions whose end by their idle limit was handed out.
    private let idleEndsTaken = Mutex<Set<SessionID>>([])
    let origins = OriginIndex()
    private let converted = Mutex<[ConvertedEntry]>([])
    private let ready = Atomic<Bool>(true)
    let reserve = Mutex<(any RequestReserve)?>(nil)

    /// A shard on a cache line of its own allocation.
    final class Box: Sendable {
        let shard = Shard()
    }

    /// - Parameters:
    ///   - clock: seconds since 1970.
    ///   - monotonicMilliseconds: for rates and idle limits.
    package init(
        clock: @escaping @Sendable () -> UInt64 = SystemClock.seconds,
        monotonicMilliseconds: @escaping @Sendable () -> UInt64 = SystemClock.monotonicMilliseconds
    ) {
        self.clock = clock
        self.monotonicMilliseconds = monotonicMilliseconds
        decoy = Decoy()
        shards = (0..<Self.shardCount).map { _ in Box() }
    }

    /// Whether the broker has loaded what is stored. While not, an unknown token is answered `kek_unreachable`, not `token_unknown`.
    package func setReady(_ value: Bool) { ready.store(value, ordering: .relaxed) }

    var isReady: Bool { ready.load(ordering: .relaxed) }

    /// Replaces an account's whole live state. A session that was there keeps its counters; one that vanished is ended and answers
    /// `session_revoked` until it would have expired; a key that vanished or is revoked ends its calls.
    package func install(account id: AccountID, keys: [LiveKeySource], sessions: [LiveSessionSource]) {
        accounts.withLock { accounts in
            guard let live = accounts[id]?.live ?? (try? LiveAccount(id: id)) else { return }
            var account = Account(live: live, sessions: accounts[id]?.sessions ?? [])
            account.live.install(keys)
            let named = Set(sessions.map(\.record.id))
            for gone in account.sessions.subtracting(named) { find(gone)?.end(.revoked) }
            for source in sessions { install(source, into: &account) }
            accounts[id] = account
        }
    }

    private func install(_ source: LiveSessionSource, into account: inout Account) {
        guard let key = SessionKey(source.record.id), source.record.accountID == account.live.id else { return }
        let known = shards[key.shard(of: Self.shardCount)].shard.sessions.withLock { $0[key] }
        guard
            let session = known
                ?? (try? LiveSession(
                    source, account: account.live, reserve: reserve.withLock { $0 }, monotonicMilliseconds: monotonicMilliseconds))
        else { return }
        if source.record.revokedAt == nil { session.bind(source) } else { session.end(.revoked) }
        account.sessions.insert(source.record.id)
        shards[key.shard(of: Self.shardCount)].shard.sessions.withLock { $0[key] = session }
        // Only now: an origin whose session is not found is taken for one of a session that ended.
        if known == nil { origins.add(key, origins: session.policy.origins) }
    }

    /// Ends a session at once: new calls are refused, running ones stop within a second.
    package func end(session id: SessionID) { find(id)?.end(.revoked) }

    /// Ends a key at once: new calls are refused, running ones stop within a second.
    package func end(key id: KeyID, account: AccountID) {
        accounts.withLock { $0[account]?.live }?.end(key: id)
    }

    /// Ends everything of an account.
    package func remove(account id: AccountID) {
        guard let account = accounts.withLock({ $0.removeValue(forKey: id) }) else { return }
        account.live.endAll()
        for session in account.sessions { drop(session)?.end(.revoked) }
    }

    /// Drops what could open a key from sessions whose time is over, and a day later the sessions, so that a late call still learns why.
    /// Called now and then; a call checks the time itself.
    package func sweep() {
        let now = clock()
        var dropped: [AccountID: Set<SessionID>] = [:]
        for box in shards {
            box.shard.sessions.withLock { sessions in
                for (key, session) in sessions where session.expiresAt <= now {
                    session.end(.revoked)
                    guard now >= session.expiresAt.addingReportingOverflow(86_400).partialValue else { continue }
                    sessions[key] = nil
                    dropped[session.accountID, default: []].insert(session.id)
                }
            }
        }
        guard !dropped.isEmpty else { return }
        pruneOrigins()
        idleEndsTaken.withLock { taken in
            for sessions in dropped.values { taken.subtract(sessions) }
        }
        accounts.withLock { accounts in
            for (account, sessions) in dropped { accounts[account]?.sessions.subtract(sessions) }
        }
    }

    /// Ends sessions that were not used for their idle limit.
    /// - Returns: every session an idle limit has ended, whose end was not taken with this before; the caller stores it, or gives it
    ///   back with ``keepIdleEnded(_:)``.
    package func drainIdleEnded() -> [SessionID] {
        let milliseconds = monotonicMilliseconds()
        var ended: [SessionID] = []
        for box in shards {
            box.shard.sessions.withLock { sessions in
                for session in sessions.values where session.policy.idleMilliseconds > 0 {
                    if session.isIdle(milliseconds) { session.end(.idle) }
                    if session.endedIdle { ended.append(session.id) }
                }
            }
        }
        return idleEndsTaken.withLock { taken in ended.filter { taken.insert($0).inserted } }
    }

    /// The end of this session could not be stored; the next ``drainIdleEnded()`` names it again.
    package func keepIdleEnded(_ id: SessionID) {
        idleEndsTaken.withLock { _ = $0.remove(id) }
    }

    /// Seals opened since the last call, encrypted again for the store.
    package func drainConvertedEntries() -> [ConvertedEntry] {
        converted.withLock { entries in
            defer { entries = [] }
            return entries
        }
    }

    func keep(_ entry: ConvertedEntry) { converted.withLock { $0.append(entry) } }

    /// Sessions in the table, ended ones included.
    package var liveCount: Int {
        shards.reduce(0) { $0 + $1.shard.sessions.withLock { $0.count } }
    }

    /// Requests counted for a session by this process; `nil` where it is unknown.
    package func usedRequests(session id: SessionID) -> UInt64? {
        find(id)?.state.withLock { $0.used }
    }

    func find(_ id: SessionID) -> LiveSession? { SessionKey(id).flatMap(find) }

    func find(_ key: SessionKey) -> LiveSession? {
        shards[key.shard(of: Self.shardCount)].shard.sessions.withLock { $0[key] }
    }

    private func drop(_ id: SessionID) -> LiveSession? {
        guard let key = SessionKey(id) else { return nil }
        return shards[key.shard(of: Self.shardCount)].shard.sessions.withLock { $0.removeValue(forKey: key) }
    }
}
