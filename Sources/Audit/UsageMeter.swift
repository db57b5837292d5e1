package import Model
import Synchronization

/// Collects proxied calls in memory, so that a call costs no write: the broker drains their sums once a second into the store.
///
/// A call is one more entry at the end of a list, whatever its session; adding up is left to whoever drains. Synchronous, and split into
/// shards with a lock each: a proxy thread that keeps to its own shard waits for another only while lists change places.
package final class UsageMeter: Sendable {
    private struct Pending {
        var calls: [UsageEntry] = []
        /// What came while the list was full.
        var sums: [UsageEntry.Slot: UsageEntry.Counts] = [:]
    }

    private final class Shard: Sendable {
        let pending = Mutex(Pending())
    }

    private let shards: [Shard]
    private let listLimit: Int
    /// Empty lists that keep their memory: a drain leaves one where it takes one.
    private let spares = Mutex<[[UsageEntry]]>([])

    /// - Parameters:
    ///   - shards: how many threads add; at least 1 is made.
    ///   - listLimit: entries, of 96 bytes, that a shard keeps apart; calls beyond are added up as they come. More than a loop serves in the
    ///     second between two drains.
    package init(shards: Int, listLimit: Int = 65_536) {
        self.shards = (0..<max(1, shards)).map { _ in Shard() }
        self.listLimit = listLimit
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
        let slot = UsageEntry.Slot(
            accountID: accountID, sessionID: sessionID, keyID: keyID, version: version, status: status,
            openedKey: exposureNanoseconds > 0)
        let counts = UsageEntry.Counts(
            requests: 1, bytesUp: bytesUp, bytesDown: bytesDown, redactions: redactions, exposureNanoseconds: exposureNanoseconds)
        add(UsageEntry(slot: slot, counts: counts), shard: shard)
    }

    /// Takes out what came together since the last time, one record per (session, key version, status, whether a key was opened), in no order.
    /// - Parameter time: what the records carry, seconds since 1970.
    package func drain(at time: UInt64) -> [UsageRecord] {
        var all: [UsageEntry.Slot: UsageEntry.Counts] = [:]
        for shard in shards {
            var taken = Pending(calls: spares.withLock { $0.popLast() } ?? [])
            shard.pending.withLock { swap(&$0, &taken) }
            for call in taken.calls { all[call.slot, default: .init()].add(call.counts) }
            for (slot, counts) in taken.sums { all[slot, default: .init()].add(counts) }
            taken.calls.removeAll(keepingCapacity: true)
            spares.withLock { $0.append(taken.calls) }
        }
        return all.map { slot, counts in
            UsageRecord(
                at: time, accountID: slot.accountID, sessionID: slot.sessionID, keyID: slot.keyID, version: slot.version,
                status: slot.status, requests: counts.requests, bytesUp: counts.bytesUp, bytesDown: counts.bytesDown,
                redactions: counts.redactions, exposureMicroseconds: counts.exposureMicroseconds)
        }
    }

    /// Takes back records that could not be written; they come out again with the next drain.
    package func putBack(_ records: [UsageRecord]) {
        shards[0].pending.withLock { pending in
            for record in records {
                let entry = UsageEntry(record)
                pending.sums[entry.slot, default: .init()].add(entry.counts)
            }
        }
    }

    private func add(_ entry: UsageEntry, shard: Int) {
        let index = Int(UInt(bitPattern: shard) % UInt(shards.count))
        shards[index].pending.withLock { pending in
            if pending.calls.count < listLimit {
                pending.calls.append(entry)
            } else {
                pending.sums[entry.slot, default: .init()].add(entry.counts)
            }
        }
    }
}
