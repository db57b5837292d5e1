import HeapModule
import Synchronization

/// Sessions by the time at which somebody has to look at them next, so that looking costs as much as is due and not as much as there is.
struct DueQueue: ~Copyable, Sendable {
    // Not private: Swift 6.3.1 ends with an error of its own for a heap of a private type.
    struct Item: Comparable {
        let due: UInt64
        let key: SessionKey

        static func < (a: Self, b: Self) -> Bool { a.due < b.due }
        static func == (a: Self, b: Self) -> Bool { a.due == b.due }
    }

    private let items = Mutex<Heap<Item>>([])

    func add(_ key: SessionKey, at due: UInt64) {
        items.withLock { $0.insert(Item(due: due, key: key)) }
    }

    /// Takes out what is due, the earliest first.
    /// - Parameter now: on the clock of the due times.
    func take(until now: UInt64) -> [SessionKey] {
        items.withLock { items in
            var taken: [SessionKey] = []
            while let first = items.min, first.due <= now { taken.append(items.removeMin().key) }
            return taken
        }
    }
}
