import Model

/// Calls that are counted together, and what they came to: 96 bytes without a reference, so that a list of them is written and read in order.
struct UsageEntry {
    /// What calls must have in common.
    struct Slot: Hashable {
        let accountID: AccountID
        let sessionID: SessionID
        let keyID: KeyID
        let version: UInt32
        let status: UInt16
        /// A key was opened: a status alone does not tell (a 502 may come before and after).
        let openedKey: Bool

        /// Hashes what differs between slots in practice, and little of it. Ids are random or parts of digests.
        func hash(into hasher: inout Hasher) {
            hasher.combine(sessionID.words.high ^ keyID.words.high.byteSwapped)
            hasher.combine(status)
        }
    }

    struct Counts {
        var requests: UInt64 = 0
        var bytesUp: UInt64 = 0
        var bytesDown: UInt64 = 0
        var redactions: UInt64 = 0
        var exposureNanoseconds: UInt64 = 0

        /// Rounded; at least 1 where a key was opened at all.
        var exposureMicroseconds: UInt64 { exposureNanoseconds == 0 ? 0 : max(1, (exposureNanoseconds + 500) / 1_000) }

        /// Sums stop at the largest number a store can hold instead of trapping.
        mutating func add(_ other: Counts) {
            func saturating(_ a: UInt64, _ b: UInt64) -> UInt64 {
                let (sum, overflow) = a.addingReportingOverflow(b)
                return overflow ? UInt64(Int64.max) : min(sum, UInt64(Int64.max))
            }
            requests = saturating(requests, other.requests)
            bytesUp = saturating(bytesUp, other.bytesUp)
            bytesDown = saturating(bytesDown, other.bytesDown)
            redactions = saturating(redactions, other.redactions)
            exposureNanoseconds = saturating(exposureNanoseconds, other.exposureNanoseconds)
        }
    }

    let slot: Slot
    let counts: Counts

    init(slot: Slot, counts: Counts) {
        self.slot = slot
        self.counts = counts
    }

    /// What a drained record was made of; its exposure in whole microseconds.
    init(_ record: UsageRecord) {
        let (nanoseconds, overflow) = record.exposureMicroseconds.multipliedReportingOverflow(by: 1_000)
        slot = Slot(
            accountID: record.accountID, sessionID: record.sessionID, keyID: record.keyID, version: record.version,
            status: record.status, openedKey: record.exposureMicroseconds > 0)
        counts = Counts(
            requests: record.requests, bytesUp: record.bytesUp, bytesDown: record.bytesDown, redactions: record.redactions,
            exposureNanoseconds: overflow ? UInt64(Int64.max) : nanoseconds)
    }
}
