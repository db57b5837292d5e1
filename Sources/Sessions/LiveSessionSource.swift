package import Model

/// What the broker hands over about one session.
package struct LiveSessionSource: Sendable {
    /// With `revokedAt` set it is kept as a tombstone that answers `session_revoked`.
    package let record: SessionRecord
    package let entries: [LiveEntrySource]
    /// A pending version that the session's calls use instead of the active one.
    package let probeVersion: UInt32?
    /// Whether entries are missing because the KEK did not answer for them.
    package let waitsForKEK: Bool

    package init(
        record: SessionRecord, entries: [LiveEntrySource], probeVersion: UInt32? = nil, waitsForKEK: Bool = false
    ) {
        self.record = record
        self.entries = entries
        self.probeVersion = probeVersion
        self.waitsForKEK = waitsForKEK
    }
}
