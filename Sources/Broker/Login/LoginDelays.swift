import Model
import Synchronization

/// How long a login waits after failures: per account and per client address 0, 0, 1, 2, 4, 8, 16, 30 s and never longer. Nobody is
/// locked out, a client that keeps guessing is only slow. Failures are forgotten after 15 minutes without one; over the Unix socket
/// only the account counts, because whoever opens it is the operator.
///
/// How many may wait is bounded by where they come from: what one address keeps waiting takes no place from another one, whichever
/// account it names, and nothing that comes over the network takes a place from the Unix socket.
final class LoginDelays: Sendable {
    static let forgetMilliseconds: UInt64 = 900_000
    /// Accounts, and addresses, remembered at a time; then the one that failed longest ago is forgotten.
    static let maximumRemembered = 4096
    /// Logins to one account from one address that may wait at the same time.
    static let maximumWaitingPerAttempt = 8
    /// Logins from one address, to whichever accounts.
    static let maximumWaitingPerNetwork = 64
    /// Logins from all addresses together.
    static let maximumWaiting = 1024

    /// What failures are counted by.
    enum Key: Hashable, Sendable {
        case account(AccountID)
        case address(String)
    }

    /// Who tries to log in where.
    struct Attempt: Hashable, Sendable {
        let account: AccountID
        /// `nil` over the Unix socket. An IPv6 client has a whole /64.
        let network: String?

        init(account: AccountID, peer: Peer) {
            self.account = account
            network = peer.transport == .unix ? nil : LoginDelays.network(of: peer.address)
        }

        var keys: [Key] { [.account(account)] + (network.map { [.address($0)] } ?? []) }
    }

    private struct Failures: Sendable {
        var count: UInt32 = 0
        var last: UInt64 = 0
    }

    private struct State {
        var failures: [Key: Failures] = [:]
        var waiting: [Attempt: Int] = [:]
        var waitingFrom: [String?: Int] = [:]
        /// The Unix socket's not included.
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

    /// Lets an attempt begin. Every attempt let in is ended with ``leave(_:succeeded:)``.
    /// - Returns: seconds it has to wait first; `nil` where too many wait already.
    func enter(_ attempt: Attempt) -> UInt32? {
        state.withLock { state in
            guard state.waiting[attempt, default: 0] < Self.maximumWaitingPerAttempt,
                state.waitingFrom[attempt.network, default: 0] < Self.maximumWaitingPerNetwork,
                attempt.network == nil || state.waitingCount < Self.maximumWaiting
            else { return nil }
            state.waiting[attempt, default: 0] += 1
            state.waitingFrom[attempt.network, default: 0] += 1
            if attempt.network != nil { state.waitingCount += 1 }
            let now = monotonicMilliseconds()
            return attempt.keys.map { Self.seconds(after: Self.failures($0, state, now)) }.max() ?? 0
        }
    }

    /// Ends an attempt. A success clears the account; an address keeps half its failures, so that one good account does not buy guesses
    /// at others. `nil`: neither, the attempt was given up.
    func leave(_ attempt: Attempt, succeeded: Bool?) {
        state.withLock { state in
            let waiting = (state.waiting[attempt] ?? 1) - 1
            state.waiting[attempt] = waiting > 0 ? waiting : nil
            let waitingFrom = (state.waitingFrom[attempt.network] ?? 1) - 1
            state.waitingFrom[attempt.network] = waitingFrom > 0 ? waitingFrom : nil
            if attempt.network != nil { state.waitingCount -= 1 }
            guard let succeeded else { return }
            let now = monotonicMilliseconds()
            for key in attempt.keys {
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
        guard let failures = state.failures[key], Elapsed.milliseconds(from: failures.last, to: now) < forgetMilliseconds else { return 0 }
        return failures.count
    }

    private static func forget(_ state: inout State, _ now: UInt64) {
        guard state.failures.count > maximumRemembered else { return }
        state.failures = state.failures.filter { Elapsed.milliseconds(from: $0.value.last, to: now) < forgetMilliseconds }
        while state.failures.count > maximumRemembered, let oldest = state.failures.min(by: { $0.value.last < $1.value.last }) {
            state.failures[oldest.key] = nil
        }
    }

    private static func network(of address: String) -> String {
        guard address.contains(":"), !address.contains(".") else { return address }
        let groups = address.split(separator: ":", omittingEmptySubsequences: false)
        guard let gap = groups.firstIndex(of: ""), gap < 4 else { return groups.prefix(4).joined(separator: ":") }
        return groups.prefix(gap).joined(separator: ":") + "::"
    }
}
