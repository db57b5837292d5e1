import Model
import Primitives
import Synchronization

/// Server nonces that wait for a login, each good once and for 60 s. Kept in memory: a restart makes clients start again.
final class LoginChallenges: Sendable {
    static let lifetimeMilliseconds: UInt64 = 60_000
    /// Most challenges at a time; then the oldest goes.
    static let maximumCount = 4096
    /// Most challenges of one client address; then its oldest goes, so that one address cannot push the others out.
    static let maximumPerAddress = 64

    private struct Challenge: Sendable {
        let accountID: AccountID
        let address: String
        let madeAt: UInt64
    }

    private struct State {
        var byNonce: [Blob: Challenge] = [:]
        /// In the order they were made; used ones stay until they reach the front.
        var order: [Blob] = []
        var countByAddress: [String: Int] = [:]
    }

    private let state = Mutex(State())
    private let monotonicMilliseconds: @Sendable () -> UInt64

    init(monotonicMilliseconds: @escaping @Sendable () -> UInt64) {
        self.monotonicMilliseconds = monotonicMilliseconds
    }

    /// A new nonce (32 random bytes) for a login to `accountID`, real or not.
    func issue(for accountID: AccountID, address: String) -> Blob {
        let nonce = Blob(Random.bytes(32))
        let now = monotonicMilliseconds()
        state.withLock { state in
            if state.countByAddress[address, default: 0] >= Self.maximumPerAddress,
                let oldest = state.order.first(where: { state.byNonce[$0]?.address == address })
            {
                Self.remove(oldest, from: &state)
            }
            if state.byNonce.count >= Self.maximumCount, let oldest = state.order.first(where: { state.byNonce[$0] != nil }) {
                Self.remove(oldest, from: &state)
            }
            Self.dropFront(&state, now: now)
            state.byNonce[nonce] = Challenge(accountID: accountID, address: address, madeAt: now)
            state.order.append(nonce)
            state.countByAddress[address, default: 0] += 1
        }
        return nonce
    }

    /// Uses a nonce up.
    /// - Returns: whether it was ours, unused, fresh and made for `accountID`.
    func take(_ nonce: Blob, for accountID: AccountID) -> Bool {
        let now = monotonicMilliseconds()
        return state.withLock { state in
            guard let challenge = Self.remove(nonce, from: &state) else { return false }
            return challenge.accountID == accountID && now - challenge.madeAt < Self.lifetimeMilliseconds
        }
    }

    var count: Int { state.withLock { $0.byNonce.count } }

    /// Drops used and expired nonces from the front, and used ones further back when they are more than
    /// the live ones, so that the order never grows much beyond what is alive.
    private static func dropFront(_ state: inout State, now: UInt64) {
        var dropped = 0
        for nonce in state.order {
            if let challenge = state.byNonce[nonce] {
                guard now - challenge.madeAt >= lifetimeMilliseconds else { break }
                remove(nonce, from: &state)
            }
            dropped += 1
        }
        state.order.removeFirst(dropped)
        if state.order.count > 2 * state.byNonce.count + 64 { state.order.removeAll { state.byNonce[$0] == nil } }
    }

    @discardableResult
    private static func remove(_ nonce: Blob, from state: inout State) -> Challenge? {
        guard let challenge = state.byNonce.removeValue(forKey: nonce) else { return nil }
        let left = (state.countByAddress[challenge.address] ?? 1) - 1
        state.countByAddress[challenge.address] = left > 0 ? left : nil
        return challenge
    }
}
