import Synchronization

extension SessionTable {
    /// Sessions that could be used now: neither over nor ended. Walks the table, one shard at a time; for a scrape, not for a call.
    package func usableCount() -> Int {
        let now = clock()
        return shards.reduce(0) { total, box in
            total + box.shard.sessions.withLock { sessions in sessions.values.count { $0.isUsable(now: now) } }
        }
    }
}
