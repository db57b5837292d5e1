import Custody
import Envelope
import Model

/// Takes the KEK's wrap off many entries in few calls of the custody.
struct EntryOpener: Sendable {
    /// Wraps in one call of the custody.
    static let batchCount = 256

    /// One wrapped entry.
    struct Item: Sendable {
        let key: EntryCache.Key
        let wrapped: Blob
        let context: ContextBytes
    }

    /// What became of the items.
    struct Outcome: Sendable {
        var opened: [EntryCache.Key: Blob] = [:]
        var damaged: Set<EntryCache.Key> = []
        /// Items the KEK did not answer for, or holds no version for now.
        var waiting: Set<EntryCache.Key> = []
        /// Those of them whose version of the KEK is not held: the right keyring may come back, so they are not given up, but named.
        var unheld: Set<EntryCache.Key> = []
    }

    let custody: any Custody

    /// Opens what opens; one altered row costs only itself.
    func open(_ items: [Item]) async -> Outcome {
        var outcome = Outcome()
        var rest = items[...]
        while !rest.isEmpty {
            let batch = rest.prefix(Self.batchCount)
            do throws(CustodyError) {
                let opened = try await custody.unwrapEach(batch.map { UnwrapItem(wrap: $0.wrapped, context: $0.context) })
                for (item, result) in zip(batch, opened) {
                    switch result {
                    case .success(let bytes): outcome.opened[item.key] = bytes
                    case .failure(.unknownVersion):
                        outcome.waiting.insert(item.key)
                        outcome.unheld.insert(item.key)
                    case .failure: outcome.damaged.insert(item.key)
                    }
                }
            } catch {
                outcome.waiting.formUnion(rest.map(\.key))
                return outcome
            }
            rest = rest.dropFirst(Self.batchCount)
        }
        return outcome
    }
}
