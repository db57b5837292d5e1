import Model

/// A session id as a key of the table, made from the bytes of a token without an allocation.
struct SessionKey: Hashable, Sendable {
    private let words: IdentifierWords

    /// `nil` unless `bytes` has 16 bytes.
    init?(_ bytes: RawSpan) {
        guard let words = IdentifierWords(Span(_bytes: bytes)) else { return nil }  // every byte is a UInt8
        self.words = words
    }

    init(_ id: SessionID) { words = id.words }

    /// Ids are parts of digests, and only those of our own sessions are in a table: half of one is enough.
    func hash(into hasher: inout Hasher) { hasher.combine(words.high) }

    /// Which of the table's shards it belongs to; ids are parts of digests, so any bits do.
    func shard(of count: Int) -> Int { Int(truncatingIfNeeded: words.low & 0xffff) % count }
}
