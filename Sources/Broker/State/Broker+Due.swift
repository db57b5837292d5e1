import Audit
import Logging
import Model
import Store
import Synchronization

extension Broker {
    /// From when on the end of a lease is warned of, in seconds before it.
    static let leaseWarningSeconds: UInt64 = 3 * 86_400

    /// Shreds versions whose grace is over, and writes that to the audit log.
    func retireDue() async {
        do throws(StoreError) {
            let retired = try await store.retireDue(now: clock())
            for account in Set(retired.map(\.accountID)) { await reload(account) }
            for version in retired {
                try await audit.append(
                    actor: "broker", action: Operation.retireVersion.rawValue, accountID: version.accountID,
                    subject: "\(version.alias)@\(version.version)", outcome: "ok", requestID: "")
            }
        } catch {
            logger.error("versions whose grace is over could not be retired")
        }
    }

    /// Says once a day which leases end soon.
    func warnOfLeases() async {
        for lease in await leasesToWarnOf() {
            logger.warning(
                "a lease ends soon; the owner renews it with: tacit lease create",
                metadata: [
                    "account.id": "\(lease.accountID)", "session.id": "\(lease.id)",
                    "seconds": "\(lease.expiresAt - min(clock(), lease.expiresAt))",
                ])
        }
    }

    /// The leases that end soon and were not named today.
    func leasesToWarnOf() async -> [SessionRecord] {
        let now = clock()
        guard let ending = try? await store.endingLeases(now: now, until: now + Self.leaseWarningSeconds) else { return [] }
        let today = now / 86_400
        return warnedLeases.withLock { warned in
            let due = ending.filter { warned[$0.id] != today }
            warned = Dictionary(ending.map { ($0.id, today) }, uniquingKeysWith: { first, _ in first })
            return due
        }
    }
}
