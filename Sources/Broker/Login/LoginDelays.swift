import Model
import Synchronization

/// How long a login waits after failures: per account and per client address 0, 0, 1, 2, 4, 8, 16, 30 s and never longer. Nobody is
/// locked out, a client that keeps guessing is only slow. Failures are forgotten after 15 minutes without one; over the Unix socket
/// only the account counts, because whoever opens it is the operator.
final class LoginDelays: Sendable {
    static let forgetMilliseconds: UInt64 = 900_000
    /// Accounts, and addresses, remembered at a time; then the one that failed longest ago is forgotten.
    static let maximumRemembered = 4096
    /// Logins of one account, or from one address, that may wait at the same time.
    static let maximumWaitingPerKey = 8
    /// Logins that may wait at the same time.
    static let maximumWaiting = 512

    /// What failures are counted by.
    enum Key: Hashable, Sendable {
        case account(AccountID)
        case address(String)
    }

    private struct Failures: Sendable {
        var count: UInt32 = 0
        var last: UInt64 = 0
    }

    private struct State {
        var failures: [Key: Failures] = [:]
        var waiting: [Key: Int] = [:]
        var waitingCount = 0
    }

    private let state = Mutex(State())
    private let monotonicMilliseconds: @Sendable () -> UInt64

    init(monotonicMilliseconds: @escaping @Sendable () -> UInt64) {
        self.monotonicMilliseconds = monotonicMilliseconds
    }

    /// The wait after `failures` failures, in seconds.
    static func seconds(after failures: UInt32) -> UInt32 {
        failures < 2 ? 0 : failures < 7 ? 1 << (failures - 2) : 30
    }

    static func keys(account: AccountID, peer: Peer) -> [Key] {
        peer.transport == .unix ? [.account(account)] : [.account(account), .address(network(of: peer.address))]
    }

    /// Lets an attempt begin. Every attempt let in is ended with ``leave(_:succeeded:)``.
    /// - Returns: seconds it has to wait first; `nil` where too many wait already.
    func enter(_ keys: [Key]) -> UInt32? {
        let now = monotonicMilliseconds()
        return state.withLock { state in
            let seconds = keys.map { Self.seconds(after: Self.failures($0, state, now)) }.max() ?? 0
            guard state.waitingCount < Self.maximumWaiting, keys.allSatisfy({ state.waiting[$0, default: 0] < Self.maximumWaitingPerKey })
            else { return nil }
            for key in keys { state.waiting[key, default: 0] += 1 }
            state.waitingCount += 1
            return seconds
        }
    }

    /// Ends an attempt. A success clears the account; an address keeps half its failures, so that one good account does not buy guesses
    /// at others. `nil`: neither, the attempt was given up.
    func leave(_ keys: [Key], succeeded: Bool?) {
        let now = monotonicMilliseconds()
        state.withLock { state in
            state.waitingCount -= 1
            for key in keys {
                let left = (state.waiting[key] ?? 1) - 1
                state.waiting[key] = left > 0 ? left : nil
                guard let succeeded else { continue }
                let count = Self.failures(key, state, now)
                switch (succeeded, key) {
                case (false, _): state.failures[key] = Failures(count: min(count + 1, 64), last: now)
                case (true, .account): state.failures[key] = nil
                case (true, .address): state.failures[key] = count > 1 ? Failures(count: count / 2, last: now) : nil
                }
            }
            Self.forget(&state, now)
        }
    }

    private static func failures(_ key: Key, _ state: State, _ now: UInt64) -> UInt32 {
        guard let failures = state.failures[key], now - failures.last < forgetMilliseconds else { return 0 }
        return failures.count
    }

    private static func forget(_ state: inout State, _ now: UInt64) {
        guard state.failures.count > maximumRemembered else { return }
        state.failures = state.failures.filter { now - $0.value.last < forgetMilliseconds }
        while state.failures.count > maximumRemembered, let oldest = state.failures.min(by: { $0.value.last < $1.value.last }) {
            state.failures[oldest.key] = nil
        }
    }

    /// One network is one client: an IPv6 client has a whole /64.
    private static func network(of address: String) -> String {
        guard address.contains(":"), !address.contains(".") else { return address }
        let groups = address.split(separator: ":", omittingEmptySubsequences: false)
        guard let gap = groups.firstIndex(of: ""), gap < 4 else { return groups.prefix(4).joined(separator: ":") }
        return groups.prefix(gap).joined(separator: ":") + "::"
    }
}
