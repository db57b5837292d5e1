import Envelope
package import Model
import Synchronization

/// One session: the immutable parts of its certificate, and its counters.
package final class LiveSession: Sendable {
    /// Why a session ended before its time.
    enum End: UInt8, Sendable { case revoked = 1, idle = 2 }

    struct State: Sendable {
        var bindings: [SessionBinding] = []
        /// Requests that went, in this process.
        var used: UInt64 = 0
        var running: UInt32 = 0
        var limiter: RateLimiter?
        /// Monotonic milliseconds.
        var lastUse: UInt64 = 0
    }

    package let id: SessionID
    package let expiresAt: UInt64
    let account: LiveAccount
    let policy: CompiledPolicy
    let verifierDigest: InlineArray<32, UInt8>
    /// What its entries are bound to besides their keys.
    let entryContextEnd: SessionEntryContextEnd
    let state: Mutex<State>
    private let ended = Atomic<UInt8>(0)
    /// What this process may count of the session's maximum; `nil` without a maximum, and where the table counts alone.
    let allowance: RequestAllowance?
    let publicKey: Blob

    /// - Parameters:
    ///   - policy: the record's own.
    ///   - reserve: where the session's requests come from; `nil`: this process has them all.
    /// - Throws: `EnvelopeError` for a verifier digest or a policy digest that is not 32 bytes.
    init(
        _ record: SessionRecord, account: LiveAccount, policy: CompiledPolicy, reserve: (any RequestReserve)?
    ) throws(EnvelopeError) {
        id = record.id
        expiresAt = record.expiresAt
        self.account = account
        self.policy = policy
        let digest = record.verifierDigest.bytes
        guard digest.count == SessionKeySchedule.keyCount else { throw .malformed("verifier digest") }
        verifierDigest = InlineArray { digest[$0] }
        entryContextEnd = try SessionEntryContextEnd(sessionID: record.id, expiresAt: record.expiresAt, policyDigest: policy.digest)
        publicKey = record.publicKey
        let clock = account.monotonicMilliseconds
        let maximum = policy.maximumRequests
        let limited = maximum > 0 ? reserve : nil
        allowance = limited.map { RequestAllowance(record.id, maximum: maximum, reserve: $0, clock: clock) }
        state = Mutex(State(limiter: RateLimiter(rate: policy.rate, burst: policy.burst), lastUse: clock()))
    }

    package var accountID: AccountID { account.id }

    /// Replaces what the session's aliases stand for; counters stay.
    func bind(_ source: LiveSessionSource) {
        let bindings = account.bindings(of: source.record.keyIDs, probing: source.probeVersion).map { id, alias, status in
            var material: SessionBinding.Material?
            if case .live(let key) = status {
                let entry = source.entries.first { $0.keyID == id && $0.version == key.version }
                material = entry.map { SessionBinding.Material($0.material) }
            }
            return SessionBinding(alias: alias, keyID: id, status: status, material: material, waitsForKEK: source.waitsForKEK)
        }
        // Not into a session that ended meanwhile: nobody would take them out again. `end` says so before it takes the lock.
        state.withLock { $0.bindings = ended.load(ordering: .relaxed) == 0 ? bindings : [] }
    }

    /// Ends the session; what could open a key is dropped at once.
    func end(_ reason: End) {
        _ = ended.compareExchange(expected: 0, desired: reason.rawValue, ordering: .relaxed)
        state.withLock { $0.bindings = [] }
    }

    /// Whether the idle limit ended the session.
    var endedIdle: Bool { End(rawValue: ended.load(ordering: .relaxed)) == .idle }

    /// Whether nothing has ended it.
    func isUsable(now: UInt64) -> Bool { now < expiresAt && ended.load(ordering: .relaxed) == 0 }

    /// Names for the "run: tacit unlock --keys" of a refusal.
    var aliases: [String] {
        state.withLock { $0.bindings.map { String(decoding: $0.alias, as: UTF8.self) } }
    }

    /// Why no call may go on, once that is so.
    /// - Parameter now: seconds since 1970.
    func refusal(now: UInt64) -> Refusal? {
        guard now < expiresAt else { return Refusal(.sessionExpired, "this session has expired. \(Refusal.unlock(aliases))") }
        switch End(rawValue: ended.load(ordering: .relaxed)) {
        case .revoked: return Refusal(.sessionRevoked, "this session was revoked. run: tacit unlock")
        case .idle: return Refusal(.sessionExpired, "this session ended because it was not used for its idle limit. run: tacit unlock")
        case nil: return nil
        }
    }

    func endCall() {
        let now = policy.idleMilliseconds > 0 ? account.monotonicMilliseconds() : 0
        state.withLock { state in
            state.running -= 1
            state.lastUse = max(state.lastUse, now)
        }
    }
}
