import Custody
import Envelope
package import Model
import Store

extension Broker {
    /// The custody, its epochs with the rows that need them, and the last rotation (`show_kek`, operator).
    package func showKEK(call: Call) async throws(BrokerError) -> KEKMessages.Status {
        try await audited(.showKEK, call) { (_) async throws(BrokerError) in
            try call.requireOperator()
            return try await kekStatus()
        }
    }

    /// How far the last rotation is (`show_kek_rotation`, operator).
    /// - Throws: `.notFound` where there never was one.
    package func showKEKRotation(call: Call) async throws(BrokerError) -> KEKMessages.Rotation {
        try call.requireOperator()
        guard let job = try await stored({ () async throws(StoreError) in try await store.kekJob() }) else {
            throw BrokerError(.notFound, "the KEK was never rotated; run: tacit rotate kek")
        }
        return KEKMessages.Rotation(job)
    }

    /// Makes a new version of the KEK, with which everything is wrapped from now on (`new_kek_version`, operator). What is stored already
    /// stays as it is until a rotation.
    /// - Throws: `.kekUnreachable`.
    package func newKEKVersion(call: Call) async throws(BrokerError) -> KEKMessages.Status {
        try await audited(.newKEKVersion, call) { (facts) async throws(BrokerError) in
            try call.requireOperator()
            let kek = pinnedKEK
            let current = try await inCustody("kek") { () async throws(CustodyError) in try await kek.custody.versions() }.current
            _ = try await kekEpoch(ofVersion: current, of: kek)
            facts.subject = "epoch \(try await addEpoch(after: current, of: kek))"
            return try await kekStatus()
        }
    }

    /// Makes an epoch of a version after `current`, unless there is one already.
    func addEpoch(after current: UInt32, of kek: PinnedKEK) async throws(BrokerError) -> UInt32 {
        let added = try await inCustody("kek") { () async throws(CustodyError) in try await kek.custody.addVersion(after: current) }
        return try await kekEpoch(ofVersion: added.current, of: kek)
    }

    /// Versions no row may be under any more, but which the custody still holds: retiring was cut off before it destroyed them.
    private func undestroyed(_ epochs: [KEKEpoch], _ versions: KEKVersions?) -> [String] {
        let held = Set(versions?.all.map(\.number) ?? [])
        return epochs.filter { $0.state == .retired && $0.custody == custody.uri && held.contains($0.version) }
            .map { "version \($0.epoch) is retired but not destroyed yet; run: tacit kek retire \($0.epoch)" }
    }

    /// Versions that rows are under and the custody does not hold.
    private func missing(_ epochs: [KEKEpoch], _ uses: WrapCounts, _ versions: KEKVersions?) -> [String] {
        guard let versions else { return [] }
        let held = Set(versions.all.map(\.number))
        return epochs.filter { $0.state != .retired && $0.custody == custody.uri && !held.contains($0.version) }
            // A later one was made since the custody was asked.
            .filter { $0.version <= versions.current }
            .filter { uses[$0.epoch]?.values.contains { $0 > 0 } ?? false }
            .map { epoch in
                custody.kind == "vault-transit"
                    ? "rows need version \(epoch.version) of the key, which Vault bars or has destroyed; where it is barred, set min_decryption_version back"
                    : "rows need version \(epoch.epoch), which the KEK does not hold any more; restore it from its backup"
            }
    }

    func kekStatus() async throws(BrokerError) -> KEKMessages.Status {
        let status = await custody.status()
        let epochs = try await stored { () async throws(StoreError) in try await store.kekEpochs() }
        let uses = try await stored { () async throws(StoreError) in try await store.kekUses() }
        let job = try await stored { () async throws(StoreError) in try await store.kekJob() }
        let missing = missing(epochs, uses, status.versions)
        // What the custody says of versions that are barred would destroy those.
        let notes = missing.isEmpty ? status.notes + undestroyed(epochs, status.versions) : missing
        return KEKMessages.Status(
            custody: custody.uri, kind: custody.kind, state: status.state.rawValue,
            cause: status.cause.isEmpty ? notes.joined(separator: " | ") : status.cause,
            currentVersion: status.versions?.current,
            epochs: epochs.map { epoch in
                KEKMessages.Epoch(
                    epoch: epoch.epoch, custody: epoch.custody, version: epoch.version, state: epoch.state.rawValue,
                    createdAt: epoch.createdAt, rows: KEKMessages.Rows(uses[epoch.epoch] ?? [:]))
            },
            rotation: job.map { KEKMessages.Rotation($0) }, movingFrom: custodySet?.predecessor)
    }
}

extension KEKMessages.Rows {
    init(_ counts: [WrapTable: UInt64]) {
        self.init(
            secrets: counts[.secrets] ?? 0, slots: counts[.slots] ?? 0, seals: counts[.seals] ?? 0,
            sessionEntries: counts[.sessionEntries] ?? 0)
    }
}

extension KEKMessages.Rotation {
    init(_ job: KEKJob) {
        self.init(
            epoch: job.target, state: job.state.rawValue, total: job.total, rewrapped: job.rewrapped, damaged: job.damaged,
            damagedRows: job.damagedRows, cause: job.cause, startedAt: job.startedAt, finishedAt: job.finishedAt)
    }
}
