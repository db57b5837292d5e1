import Custody
import Logging
package import Model
import Store

extension Broker {
    /// Destroys an old version of the KEK for good (`retire_kek_version`, operator): refused while one row needs it. Copies of the
    /// database from before then open nothing of it, once no copy of that version is left elsewhere either.
    /// - Parameter epoch: its number in `GET /v1/kek`.
    /// - Throws: `.notFound`, `.kekInUse` while rows or a rotation need it, `.kekUnreachable`.
    package func retireKEKVersion(_ epoch: UInt32, call: Call) async throws(BrokerError) -> KEKMessages.Status {
        try await audited(.retireKEKVersion, call) { (facts) async throws(BrokerError) in
            try call.requireOperator()
            facts.subject = "epoch \(epoch)"
            // Another broker may have moved it.
            do throws(CustodyError) { _ = try await custodySet?.follow() } catch { throw BrokerError(error, row: "kek") }
            let job = try await stored { () async throws(StoreError) in try await store.kekJob() }
            guard job?.state != .running else {
                throw BrokerError(.kekInUse, "a rotation is under way; wait for its end: tacit kek status")
            }
            let epochs = try await stored { () async throws(StoreError) in try await store.kekEpochs() }
            guard let meant = epochs.first(where: { $0.epoch == epoch }) else {
                throw BrokerError(.notFound, "there is no KEK version \(epoch) here; run: tacit kek status")
            }
            guard meant.state != .current else {
                throw BrokerError(.kekInUse, "version \(epoch) is the current one; run: tacit rotate kek")
            }
            if let reason = obstacle(to: meant, among: epochs) { throw BrokerError(.kekInUse, reason) }
            let left = try await stored { () async throws(StoreError) in try await store.retireKEKEpoch(epoch) }
            guard left == 0 else {
                throw BrokerError(.kekInUse, "\(left) rows still need version \(epoch); run: tacit rotate kek")
            }
            // The false login's wrap is in memory only: made anew before its version goes.
            try await renewDecoy()
            try await destroy(meant, among: epochs)
            return try await kekStatus()
        }
    }

    /// Why a version cannot be destroyed although no row of this store needs it; `nil` where it can.
    private func obstacle(to meant: KEKEpoch, among epochs: [KEKEpoch]) -> String? {
        do throws(CustodyError) {
            if let other = try custodySet?.otherClaims(of: meant.custody).first {
                return "another store of this machine uses \(meant.custody) too and would lose everything; if it is gone run: rm \(other)"
            }
        } catch { return "it cannot be seen whether another store uses the custody (\(CustodyStatus(error).cause)); run: tacit kek status" }
        let lower = Self.needed(of: meant, among: epochs).filter { $0.version < meant.version }.min { $0.version < $1.version }
        guard meant.custody.hasPrefix("vault-transit:"), let lower else { return nil }
        return "Vault bars versions from the lowest on; first run: tacit kek retire \(lower.epoch)"
    }

    /// Other versions of the same custody that rows may be left of.
    private static func needed(of meant: KEKEpoch, among epochs: [KEKEpoch]) -> [KEKEpoch] {
        epochs.filter { $0.custody == meant.custody && $0.epoch != meant.epoch && $0.state != .retired }
    }

    private func destroy(_ epoch: KEKEpoch, among epochs: [KEKEpoch]) async throws(BrokerError) {
        let member = custodySet.map { $0.member(epoch.custody) } ?? (custody.uri == epoch.custody ? custody : nil)
        guard let member else {
            logger.notice("no row needs the custody any more; destroy it where it is", metadata: ["kek.custody": "\(epoch.custody)"])
            return
        }
        let uses = try await stored { () async throws(StoreError) in try await store.kekUses() }
        let left = Self.needed(of: epoch, among: epochs).filter { $0.state == .current || !(uses[$0.epoch]?.isEmpty ?? true) }
        let needed = Set(left.map(\.version))
        try await inCustody("kek") { () async throws(CustodyError) in
            do throws(CustodyError) { try await member.retire(epoch.version, needed: needed) } catch {
                // Gone already is what was asked for.
                guard case .unknownVersion = error else { throw error }
            }
        }
        logger.notice("a KEK version was destroyed", metadata: ["kek.epoch": "\(epoch.epoch)"])
    }
}
