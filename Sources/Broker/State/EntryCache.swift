import Model

/// Session entries of one account with the KEK's wrap taken off, so that a change of the account does not need the KEK again.
/// What is left is encrypted under a key that only the session's token makes.
struct EntryCache: Sendable {
    struct Key: Hashable, Sendable {
        let sessionID: SessionID
        let keyID: KeyID
        let version: UInt32
        let isSeal: Bool
    }

    private struct Value: Sendable {
        let wrapped: Blob
        let opened: Blob
    }

    private var values: [Key: Value] = [:]

    /// The opened bytes, if exactly these wrapped ones were opened before.
    func opened(_ key: Key, wrapped: Blob) -> Blob? {
        guard let value = values[key], value.wrapped == wrapped else { return nil }
        return value.opened
    }

    mutating func keep(_ key: Key, wrapped: Blob, opened: Blob) {
        values[key] = Value(wrapped: wrapped, opened: opened)
    }

    mutating func merge(_ other: EntryCache) {
        values.merge(other.values) { _, new in new }
    }
}
