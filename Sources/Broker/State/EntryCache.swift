import Model

/// Session entries of one account with the KEK's wrap taken off, so that a change of the account does not need the KEK again.
/// What is left is encrypted under a key that only the session's token makes.
struct EntryCache: Sendable {
    struct Key: Hashable, Sendable {
        let sessionID: SessionID
        let keyID: KeyID
        let version: UInt32
        let isSeal: Bool

        fileprivate var asSeal: Key { Key(sessionID: sessionID, keyID: keyID, version: version, isSeal: true) }
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

    /// The seal that an entry of this place took the place of, where this process had opened it.
    func openedSeal(before entry: Key) -> Blob? { values[entry.asSeal]?.opened }

    /// Takes over from `other` the seal that an entry of this place took the place of.
    mutating func keepSeal(before entry: Key, of other: EntryCache) {
        values[entry.asSeal] = other.values[entry.asSeal]
    }

    mutating func keep(_ key: Key, wrapped: Blob, opened: Blob) {
        values[key] = Value(wrapped: wrapped, opened: opened)
    }

    /// The bytes that were opened last, whatever they were wrapped as: for rows that were wrapped anew while the KEK does not answer.
    func lastOpened(_ key: Key) -> Blob? { values[key]?.opened }

    /// Keeps an entry of another cache as it stands there, to be opened again when the KEK answers.
    mutating func carry(_ key: Key, from other: EntryCache) {
        values[key] = other.values[key]
    }

    /// The row's bytes were replaced by another wrap of the same content.
    mutating func replace(_ key: Key, wrapped old: Blob, by new: Blob) {
        guard let value = values[key], value.wrapped == old else { return }
        values[key] = Value(wrapped: new, opened: value.opened)
    }

    mutating func merge(_ other: EntryCache) {
        values.merge(other.values) { _, new in new }
    }
}
