import HeapModule
import Synchronization

/// Sessions by the time at which somebody has to look at them next, so that looking costs as much as is due and not as much as there is.
struct DueQueue: ~Copyable, Sendable {
    // Not private: Swift 6.3.1 ends with an error of its own for a heap of a private type.
    struct Item: Comparable {
        let due: UInt64
        /// Itself and not its id: a session that was taken out of the table and read again is another one, with a place of its own.
        let session: LiveSession

        static func < (a: Self, b: Self) -> Bool { a.due < b.due }
        static func == (a: Self, b: Self) -> Bool { a.due == b.due }
    }

    private let items = Mutex<Heap<Item>>([])

    var count: Int { items.withLock { $0.count } }

    func add(_ session: LiveSession, at due: UInt64) {
        items.withLock { $0.insert(Item(due: due, session: session)) }
    }

    /// Takes out what is due, the earliest first.
    /// - Parameter now: on the clock of the due times.
    func take(until now: UInt64) -> [LiveSession] {
        items.withLock { items in
            var taken: [LiveSession] = []
            while let first = items.min, first.due <= now { taken.append(items.removeMin().session) }
            return taken
        }
    }
}
