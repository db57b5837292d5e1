import Client
import Model
import SecretMemory

/// One key getting one new value, with or without a probe, and what is said about it.
struct KeyRotationRun {
    /// What a script reads about it, one line of JSON.
    struct Report: Encodable {
        var alias: Alias
        /// `rotated`, or `probe_failed` where the version before stays in use.
        var outcome: String
        /// The version calls use now.
        var version: UInt32?
        /// The one they used before.
        var previous: UInt32?
        /// Until when that one can be brought back.
        var previousGraceUntil: UInt64?
        var reason: String?
    }

    let rotating: Rotating
    let context: ClientContext
    let probe: KeyProbe?
    let graceSeconds: UInt64

    /// Gives the key its new value.
    /// - Parameters:
    ///   - target: as it was shown to the user; it is read again before anything is sealed.
    ///   - confirmed: what the owner took for right.
    func rotate(
        _ target: RotationTarget, to value: borrowing SecretBytes, confirmed: ConfirmedDestination?
    ) async throws(ClientError) -> Report {
        let alias = target.key.alias
        let rotator = try rotating.rotator(confirmed: confirmed)
        try rotator.requireConfirmed(target)
        let key: KeyMessages.Key
        let version: UInt32
        if let probe, rotating.job != nil {
            // This device holds the value: it asks the provider itself, before the broker gets anything.
            if let reason = try await probe.call(target.key, value: value, caFile: context.caFile) { return failed(target, reason) }
            let rotated = try await rotator.rotate(
                value, alias: alias, expecting: ConfirmedDestination(target), activate: true, graceSeconds: graceSeconds)
            (key, version) = (rotated.key, rotated.version)
        } else if let probe, let owner = rotating.owner {
            let added = try await rotator.rotate(
                value, alias: alias, expecting: ConfirmedDestination(target), activate: false, graceSeconds: graceSeconds)
            version = added.version
            let reason: String?
            do { reason = try await call(probe, alias: alias, version: version, owner: owner) } catch {
                _ = try? await rotator.retire(version, of: alias)
                throw error
            }
            if let reason {
                _ = try await rotator.retire(version, of: alias)
                return failed(target, reason)
            }
            key = try await rotator.activate(version, of: alias, graceSeconds: graceSeconds)
        } else {
            let rotated = try await rotator.rotate(
                value, alias: alias, expecting: ConfirmedDestination(target), activate: true, graceSeconds: graceSeconds)
            (key, version) = (rotated.key, rotated.version)
        }
        // What an earlier run left that was cut off in the middle of its probe.
        for stale in target.abandoned(now: TimeText.now()) where stale != version { _ = try? await rotator.retire(stale, of: alias) }
        let previous = target.active?.version
        return Report(
            alias: alias, outcome: "rotated", version: version, previous: previous,
            previousGraceUntil: key.versions.first { $0.version == previous }?.graceUntil)
    }

    /// Calls once through the proxy with the pending version.
    private func call(
        _ probe: KeyProbe, alias: Alias, version: UInt32, owner: Owner
    ) async throws(ClientError) -> String? {
        let proxyURL = try DataPlane.url(owner.info)
        let session = try await owner.probeSession(alias: alias, version: version, path: probe.prefix)
        let id = session.session.sessionID
        let reason: String?
        do {
            reason = try await probe.call(
                proxyURL: proxyURL, alias: alias, version: version, token: session.token, caFile: context.caFile)
        } catch {
            _ = try? await owner.revokeSession(id)
            throw error
        }
        _ = try? await owner.revokeSession(id)
        return reason
    }

    private func failed(_ target: RotationTarget, _ reason: String) -> Report {
        Report(alias: target.key.alias, outcome: "probe_failed", version: target.active?.version, reason: reason)
    }

    /// Says what came of it.
    /// - Throws: ``CheckFailed`` where the probe failed.
    static func show(_ report: Report, json: Bool) throws {
        if json { try Output.json(report) }
        guard report.outcome == "rotated" else {
            Output.error(
                "\(report.alias): \(report.reason ?? "the probe failed"); the new key was not kept, "
                    + (report.version.map { "version \($0) stays in use" } ?? "nothing else changed"))
            throw CheckFailed(status: .failed)
        }
        guard !json else { return }
        Output.data("\(report.alias)@\(report.version.map(String.init) ?? "?")")
        if let previous = report.previous, let until = report.previousGraceUntil {
            Output.words(
                "\(report.alias): the new key is in use; version \(previous) can be brought back until \(TimeText.date(until)). "
                    + "Delete it at the provider after that. Not right? run: tacit rotate rollback \(report.alias)")
        } else {
            Output.words("\(report.alias): the new key is in use. The old one is still valid at the provider: delete it there.")
        }
    }
}
