package import Model
import Synchronization

/// Sums proxied calls in memory, so that a call costs no write: the broker drains it once a second into the store.
///
/// Synchronous, and split into shards with a lock each: a proxy thread that keeps to its own shard never waits for another.
package final class UsageMeter: Sendable {
    private struct Slot: Hashable {
        let accountID: AccountID
        let sessionID: SessionID
        let keyID: KeyID
        let version: UInt32
        let status: UInt16
        /// A key was opened: a status alone does not tell (a 502 may come before and after).
        let openedKey: Bool

        /// Hashes what differs between slots in practice, and few bytes of it: once per call. Ids are random or parts of digests.
        func hash(into hasher: inout Hasher) {
            hasher.combine(Self.prefix(sessionID.bytes) ^ Self.prefix(keyID.bytes).byteSwapped)
            hasher.combine(status)
        }

        private static func prefix(_ bytes: [UInt8]) -> UInt64 {
            var value: UInt64 = 0
            for byte in bytes.prefix(8) { value = value << 8 | UInt64(byte) }
            return value
        }
    }

    private struct Sums {
        var requests: UInt64 = 0
        var bytesUp: UInt64 = 0
        var bytesDown: UInt64 = 0
        var redactions: UInt64 = 0
        var exposureNanoseconds: UInt64 = 0

        /// Rounded; at least 1 where a key was opened at all.
        var exposureMicroseconds: UInt64 { exposureNanoseconds == 0 ? 0 : max(1, (exposureNanoseconds + 500) / 1_000) }

        /// Sums stop at the largest number instead of trapping.
        mutating func add(_ other: Sums) {
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

    private final class Shard: Sendable {
        let sums = Mutex<[Slot: Sums]>([:])
    }

    private let shards: [Shard]

    /// - Parameter shards: how many threads add; at least 1 is made.
    package init(shards: Int) {
        self.shards = (0..<max(1, shards)).map { _ in Shard() }
    }

    /// Adds one call.
    /// - Parameters:
    ///   - shard: the calling thread's number; any number is taken, modulo the count.
    ///   - status: HTTP status the client saw.
    ///   - exposureNanoseconds: from the start of opening the key to its last wipe; summed as they are, rounded when drained.
    package func add(
        shard: Int, accountID: AccountID, sessionID: SessionID, keyID: KeyID, version: UInt32, status: UInt16, bytesUp: UInt64,
        bytesDown: UInt64, redactions: UInt64, exposureNanoseconds: UInt64
    ) {
        add(
            Sums(
                requests: 1, bytesUp: bytesUp, bytesDown: bytesDown, redactions: redactions,
                exposureNanoseconds: exposureNanoseconds),
            to: Slot(
                accountID: accountID, sessionID: sessionID, keyID: keyID, version: version, status: status,
                openedKey: exposureNanoseconds > 0),
            shard: shard)
    }

    /// Takes out what came together since the last time, one record per (session, key version, status, whether a key was opened), in no order.
    /// - Parameter time: what the records carry, seconds since 1970.
    package func drain(at time: UInt64) -> [UsageRecord] {
        var all: [Slot: Sums] = [:]
        for shard in shards {
            let taken = shard.sums.withLock { sums in
                let taken = sums
                sums = [:]
                return taken
            }
            for (slot, sums) in taken { all[slot, default: Sums()].add(sums) }
        }
        return all.map { slot, sums in
            UsageRecord(
                at: time, accountID: slot.accountID, sessionID: slot.sessionID, keyID: slot.keyID, version: slot.version,
                status: slot.status, requests: sums.requests, bytesUp: sums.bytesUp, bytesDown: sums.bytesDown,
                redactions: sums.redactions, exposureMicroseconds: sums.exposureMicroseconds)
        }
    }

    /// Takes back records that could not be written; they come out again with the next drain.
    package func putBack(_ records: [UsageRecord]) {
        for record in records {
            add(
                Sums(
                    requests: record.requests, bytesUp: record.bytesUp, bytesDown: record.bytesDown, redactions: record.redactions,
                    exposureNanoseconds: record.exposureMicroseconds.multipliedReportingOverflow(by: 1_000).overflow
                        ? UInt64(Int64.max) : record.exposureMicroseconds * 1_000),
                to: Slot(
                    accountID: record.accountID, sessionID: record.sessionID, keyID: record.keyID, version: record.version,
                    status: record.status, openedKey: record.exposureMicroseconds > 0),
                shard: 0)
        }
    }

    private func add(_ sums: Sums, to slot: Slot, shard: Int) {
        let index = Int(UInt(bitPattern: shard) % UInt(shards.count))
        shards[index].sums.withLock { $0[slot, default: Sums()].add(sums) }
    }
}
