import Model
import Store
import Synchronization

/// Rows that failed their check, for `/readyz` and `doctor`. What an account's last load found replaces what the one before found.
final class IntegrityFaults: Sendable {
    /// Most rows named in one answer.
    static let maximumNamed = 100

    private struct State {
        /// Found at use: no load replaces them.
        var found: Set<IntegrityFault> = []
        var ofStore: Set<IntegrityFault> = []
        var ofAccount: [AccountID: Set<IntegrityFault>] = [:]
    }

    private let state = Mutex(State())

    /// Rows that belong to no account.
    func replaceStoreFaults(_ faults: [IntegrityFault]) {
        state.withLock { $0.ofStore = Set(faults) }
    }

    /// One more that belongs to no account, found at use.
    func addStoreFault(_ fault: IntegrityFault) {
        state.withLock { _ = $0.found.insert(fault) }
    }

    /// What loading `account` found.
    /// - Returns: those not known before, for the log.
    func replace(account: AccountID, _ faults: [IntegrityFault]) -> Set<IntegrityFault> {
        state.withLock { state in
            let known = state.ofAccount[account] ?? []
            let found = Set(faults)
            state.ofAccount[account] = found.isEmpty ? nil : found
            return found.subtracting(known)
        }
    }

    /// One more, found at use.
    func add(account: AccountID, _ fault: IntegrityFault) {
        state.withLock { _ = $0.ofAccount[account, default: []].insert(fault) }
    }

    /// `table:id`, sorted, at most 100.
    var named: [String] {
        state.withLock { state in
            let all = state.ofAccount.values.reduce(into: state.ofStore.union(state.found)) { $0.formUnion($1) }
            return Array(all.map(\.description).sorted().prefix(Self.maximumNamed))
        }
    }
}
