import Envelope
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
        /// Those of its sessions, by their digest.
        var policies: [Blob: CompiledPolicy]
    }

    /// Seconds since 1970.
    package let clock: @Sendable () -> UInt64
    /// Milliseconds that never go back.
    package let monotonicMilliseconds: @Sendable () -> UInt64
    let decoy: Decoy
    let shards: [Box]
    private let accounts = Mutex<[AccountID: Account]>([:])
    /// By the second at which they are over, and then at which they are forgotten.
    let expiries = DueQueue()
    /// Those with an idle limit, by the monotonic millisecond before which it cannot have passed.
    let idleLimits = DueQueue()
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
            let old = accounts[id]
            guard let live = old?.live ?? (try? LiveAccount(id: id, monotonicMilliseconds: monotonicMilliseconds)) else { return }
            var account = Account(live: live, sessions: old?.sessions ?? [], policies: [:])
            account.live.install(keys)
            let named = Set(sessions.map(\.record.id))
            for gone in account.sessions.subtracting(named) { find(gone)?.end(.revoked) }
            for source in sessions { install(source, into: &account) }
            accounts[id] = account
        }
    }

    private func install(_ source: LiveSessionSource, into account: inout Account) {
        guard source.record.accountID == account.live.id else { return }
        let key = SessionKey(source.record.id)
        let known = find(key)
        guard known != nil || !Self.isForgotten(source.record.expiresAt, now: clock()),
            let session = known ?? (try? make(source, in: account))
        else { return }
        account.policies[session.policy.digest] = session.policy
        if source.record.revokedAt == nil { session.bind(source) } else { session.end(.revoked) }
        account.sessions.insert(source.record.id)
        guard known == nil else { return }
        shards[key.shard(of: Self.shardCount)].shard.sessions.withLock { $0[key] = session }
        // Only now: an origin whose session is not found is taken for one of a session that ended.
        origins.add(key, origins: session.policy.origins)
        schedule(session)
    }

    /// Sessions of an account mostly have the same few policies, and then share them.
    private func make(_ source: LiveSessionSource, in account: Account) throws(EnvelopeError) -> LiveSession {
        let digest = try PolicyCoding.digest(source.record.policy)
        let policy = account.policies[digest] ?? CompiledPolicy(source.record.policy, digest: digest)
        return try LiveSession(source.record, account: account.live, policy: policy, reserve: reserve.withLock { $0 })
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

    func find(_ id: SessionID) -> LiveSession? { find(SessionKey(id)) }

    func find(_ key: SessionKey) -> LiveSession? {
        shards[key.shard(of: Self.shardCount)].shard.sessions.withLock { $0[key] }
    }

    /// Takes a session out of the table.
    func forget(_ session: LiveSession) {
        drop(session.id)
        accounts.withLock { _ = $0[session.accountID]?.sessions.remove(session.id) }
    }

    @discardableResult
    private func drop(_ id: SessionID) -> LiveSession? {
        let key = SessionKey(id)
        return shards[key.shard(of: Self.shardCount)].shard.sessions.withLock { $0.removeValue(forKey: key) }
    }
}
