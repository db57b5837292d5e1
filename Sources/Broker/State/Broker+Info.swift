package import Model
import Store
import Synchronization

extension Broker {
    /// What a client must know before it logs in (`info`).
    package var info: InfoMessages.Info {
        InfoMessages.Info(
            version: configuration.version, storeID: store.storeID, proxyURL: life.withLock { $0.proxyURL },
            registration: configuration.registration.rawValue, assistedUnlock: configuration.assistedUnlock)
    }

    /// Whether the broker can do its work (`readiness`): `starting` until everything was read once, `degraded` while the KEK does not
    /// answer or something waits for it. Damaged rows are named and do not count: others' keys work.
    package var readiness: InfoMessages.Readiness {
        let (hasStarted, health) = (life.withLock { $0.hasStarted }, kek.withLock { $0 })
        let isComplete = health.isReachable && waiting.withLock { $0.isEmpty } && decoy.withLock { $0 != nil }
        return InfoMessages.Readiness(
            status: !hasStarted ? "starting" : isComplete ? "ready" : "degraded", memoryLocked: configuration.memoryLocked,
            kek: health.isReachable ? "ok" : "unreachable", kekCause: health.cause, integrity: faults.named)
    }

    /// Sums of proxied calls (`list_usage`).
    /// - Parameters:
    ///   - since: seconds since 1970.
    ///   - by: what calls are told apart by; nothing: one sum of all.
    ///   - account: name or id, for the operator; an owner gives none.
    package func listUsage(
        since: UInt64, by dimensions: Set<UsageMessages.Dimension> = .usual, account: String?, call: Call
    ) async throws(BrokerError) -> UsageMessages.List {
        try await audited(.listUsage, call) { (facts) async throws(BrokerError) in
            let id = try await accountMeant(account, call: call)
            facts.accountID = id
            await flushUsage()
            let records = try await stored { () async throws(StoreError) in try await store.usage(of: id, since: since) }
            let keys = try await stored { () async throws(StoreError) in try await store.keys(of: id) }
            var sums = UsageSums(by: dimensions, keys: keys)
            for record in records { sums.add(record) }
            return UsageMessages.List(usage: sums.sorted)
        }
    }

    /// The last records of the audit log, oldest first (`list_audit`, operator).
    /// - Parameter last: 1 to 1 000.
    package func listAudit(last: Int, call: Call) async throws(BrokerError) -> InfoMessages.AuditList {
        try await audited(.listAudit, call) { (_) async throws(BrokerError) in
            try call.requireOperator()
            guard (1...1000).contains(last) else { throw BrokerError(.malformed, "last is 1 to 1000") }
            return InfoMessages.AuditList(records: try await stored { () async throws(StoreError) in try await store.audit(last: last) })
        }
    }
}
