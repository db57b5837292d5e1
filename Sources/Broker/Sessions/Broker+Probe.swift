import Envelope
import Model
import Sessions
import Store
import Synchronization

extension Broker {
    /// Longest life of a probe, in seconds.
    static let maximumProbeSeconds: UInt64 = 60

    /// A session whose calls use a pending version; in this process only, and gone with it.
    struct Probe: Sendable {
        let version: UInt32
        /// Seconds since 1970.
        let expiresAt: UInt64
    }

    /// That a session that says it probes a version may.
    static func requireProbe(
        _ message: SessionMessages.Create, certificate: SessionCertificate, keys: [KeyState]
    ) throws(BrokerError) {
        guard let version = message.probeVersion else { return }
        guard certificate.keyIDs.count == 1, certificate.policy.kind == .interactive else {
            throw BrokerError(.malformed, "a probe is an interactive session for one key; run: tacit rotate key --probe")
        }
        guard certificate.expiresAt - certificate.issuedAt <= maximumProbeSeconds else {
            throw BrokerError(.lifetimeRefused, "a probe lasts at most \(maximumProbeSeconds) seconds")
        }
        let key = keys.first { $0.record.id == certificate.keyIDs.first }
        guard let standing = key?.versions.first(where: { $0.version == version }) else {
            throw BrokerError(.notFound, "there is no such version to probe; run: tacit keys")
        }
        guard standing.state == .pending else { throw BrokerError(StoreError.versionState(standing.state)) }
    }

    /// Remembers a probe until its session is over. Before the session is stored: the poll loop may install it at once.
    func keepProbe(of message: SessionMessages.Create) {
        guard let version = message.probeVersion else { return }
        probes.withLock { $0[message.sessionID] = Probe(version: version, expiresAt: message.expiresAt) }
    }

    func dropProbe(_ session: SessionID) {
        _ = probes.withLock { $0.removeValue(forKey: session) }
    }

    /// Forgets probes whose sessions are over.
    func dropOldProbes() {
        let now = clock()
        probes.withLock { probes in probes = probes.filter { $0.value.expiresAt > now } }
    }

    /// The sessions with the versions they probe.
    func probing(_ sessions: [LiveSessionSource]) -> [LiveSessionSource] {
        let probes = probes.withLock { $0 }
        guard !probes.isEmpty else { return sessions }
        return sessions.map { source in
            guard let probe = probes[source.record.id] else { return source }
            return LiveSessionSource(
                record: source.record, entries: source.entries, probeVersion: probe.version, waitsForKEK: source.waitsForKEK)
        }
    }
}
