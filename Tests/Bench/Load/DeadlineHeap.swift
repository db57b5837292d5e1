/// What is due next: a binary heap of descriptors by time.
struct DeadlineHeap {
    struct Entry {
        /// Nanoseconds of ``MonotonicClock``.
        let time: UInt64
        let descriptor: Int32
        /// Tells a connection from an earlier one with the same descriptor.
        let generation: UInt64
    }

    private var entries: [Entry] = []

    /// The earliest time; `nil` when nothing is due.
    var first: UInt64? { entries.first?.time }

    mutating func insert(_ entry: Entry) {
        entries.append(entry)
        var child = entries.count - 1
        while child > 0, case let parent = (child - 1) / 2, entries[parent].time > entries[child].time {
            entries.swapAt(parent, child)
            child = parent
        }
    }

    /// Takes the earliest entry out when its time has come.
    mutating func pop(until now: UInt64) -> Entry? {
        guard let first = entries.first, first.time <= now else { return nil }
        entries.swapAt(0, entries.count - 1)
        entries.removeLast()
        var parent = 0
        while case let left = 2 * parent + 1, left < entries.count {
            let right = left + 1
            let child = right < entries.count && entries[right].time < entries[left].time ? right : left
            guard entries[child].time < entries[parent].time else { break }
            entries.swapAt(parent, child)
            parent = child
        }
        return first
    }
}
