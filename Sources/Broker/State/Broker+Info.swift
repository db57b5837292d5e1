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
        let (hasStarted, isKEKReachable) = life.withLock { ($0.hasStarted, $0.isKEKReachable) }
        let isComplete = isKEKReachable && waiting.withLock { $0.isEmpty } && decoy.withLock { $0 != nil }
        return InfoMessages.Readiness(
            status: !hasStarted ? "starting" : isComplete ? "ready" : "degraded", memoryLocked: configuration.memoryLocked,
            kek: isKEKReachable ? "ok" : "unreachable", integrity: faults.named)
    }

    /// Sums of proxied calls per alias, version and status (`list_usage`).
    /// - Parameters:
    ///   - since: seconds since 1970.
    ///   - account: name or id, for the operator; an owner gives none.
    package func listUsage(since: UInt64, account: String?, call: Call) async throws(BrokerError) -> InfoMessages.UsageList {
        try await audited(.listUsage, call) { (facts) async throws(BrokerError) in
            let id = try await accountMeant(account, call: call)
            facts.accountID = id
            await flushUsage()
            let records = try await stored { () async throws(StoreError) in try await store.usage(of: id, since: since) }
            let keys = try await stored { () async throws(StoreError) in try await store.keys(of: id) }
            return InfoMessages.UsageList(usage: Self.sums(records, keys: keys))
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

    private static func sums(_ records: [UsageRecord], keys: [KeyRecord]) -> [InfoMessages.Usage] {
        let aliases = Dictionary(keys.map { ($0.id, $0.alias) }, uniquingKeysWith: { first, _ in first })
        var sums: [UsageRow: InfoMessages.Usage] = [:]
        for record in records {
            guard let alias = aliases[record.keyID] else { continue }
            let row = UsageRow(alias: alias, version: record.version, status: record.status)
            var sum =
                sums[row]
                ?? InfoMessages.Usage(
                    alias: alias, version: record.version, status: record.status, requests: 0, bytesUp: 0, bytesDown: 0, redactions: 0)
            sum.requests = sum.requests.addingSaturating(record.requests)
            sum.bytesUp = sum.bytesUp.addingSaturating(record.bytesUp)
            sum.bytesDown = sum.bytesDown.addingSaturating(record.bytesDown)
            sum.redactions = sum.redactions.addingSaturating(record.redactions)
            sums[row] = sum
        }
        return sums.sorted { $0.key < $1.key }.map(\.value)
    }

    private struct UsageRow: Hashable, Comparable {
        let alias: Alias
        let version: UInt32
        let status: UInt16

        static func < (a: Self, b: Self) -> Bool { (a.alias, a.version, a.status) < (b.alias, b.version, b.status) }
    }
}

extension UInt64 {
    fileprivate func addingSaturating(_ other: UInt64) -> UInt64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}
