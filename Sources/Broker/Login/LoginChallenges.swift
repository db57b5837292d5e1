import Model
import Primitives
import SecretMemory
import Synchronization

/// Server nonces, each good once, for 60 s, and for one account.
///
/// A nonce proves itself: nothing is kept of those that were only asked for, so nobody's can be pushed out by asking for more. What is
/// remembered are used ones until they would have expired, as many as ``LoginDelays`` lets through in a minute. The key is this
/// process's own: a restart makes clients start again.
///
/// In a nonce's 32 bytes: made at (`u64`, monotonic milliseconds) ‖ random (8) ‖ the first 16 bytes of HMAC-SHA-256 of
/// those 16 ‖ account id.
final class LoginChallenges: Sendable {
    static let lifetimeMilliseconds: UInt64 = 60_000
    private static let bodyCount = 16
    private static let proofCount = 16

    private struct State {
        var used: Set<Blob> = []
        /// With when each was used, in that order.
        var order: [(nonce: Blob, at: UInt64)] = []
    }

    private let state = Mutex(State())
    private let key = Random.secret(32)
    private let monotonicMilliseconds: @Sendable () -> UInt64

    init(monotonicMilliseconds: @escaping @Sendable () -> UInt64) {
        self.monotonicMilliseconds = monotonicMilliseconds
    }

    /// A new nonce for a login to `accountID`, real or not.
    func issue(for accountID: AccountID) -> Blob {
        let now = monotonicMilliseconds()
        let body = (0..<8).map { UInt8(truncatingIfNeeded: now >> (56 - 8 * UInt64($0))) } + Random.bytes(8)
        return Blob(body + proof(of: body, accountID))
    }

    /// Uses a nonce up.
    /// - Returns: whether it was ours, unused, fresh and made for `accountID`.
    func take(_ nonce: Blob, for accountID: AccountID) -> Bool {
        guard nonce.bytes.count == Self.bodyCount + Self.proofCount else { return false }
        let body = Array(nonce.bytes.prefix(Self.bodyCount))
        let given = Array(nonce.bytes.suffix(Self.proofCount))
        let expected = proof(of: body, accountID)
        guard unsafe constantTimeEqual(given.span.bytes, expected.span.bytes) else { return false }
        let madeAt = body.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return state.withLock { state in
            let now = monotonicMilliseconds()
            let expired = state.order.prefix { Elapsed.milliseconds(from: $0.at, to: now) >= Self.lifetimeMilliseconds }
            for entry in expired { state.used.remove(entry.nonce) }
            state.order.removeFirst(expired.count)
            guard Elapsed.milliseconds(from: madeAt, to: now) < Self.lifetimeMilliseconds, state.used.insert(nonce).inserted else {
                return false
            }
            state.order.append((nonce, now))
            return true
        }
    }

    /// Used nonces that are remembered.
    var usedCount: Int { state.withLock { $0.used.count } }

    private func proof(of body: [UInt8], _ accountID: AccountID) -> [UInt8] {
        let message = body + accountID.bytes
        return key.withBytes { key in Array(HMACSHA256.authenticate(unsafe message.span.bytes, key: key).prefix(Self.proofCount)) }
    }
}
