package import Model

/// What the broker hands over about one key of an account.
package struct LiveKeySource: Sendable, Hashable {
    package let record: KeyRecord
    /// `nil` where the key is revoked or no version is active; its alias then answers `key_revoked`.
    package let active: KeyVersionRecord?

    /// Versions that only a probe uses.
    package let pending: [KeyVersionRecord]

    package init(record: KeyRecord, active: KeyVersionRecord?, pending: [KeyVersionRecord] = []) {
        self.record = record
        self.active = active
        self.pending = pending
    }
}
