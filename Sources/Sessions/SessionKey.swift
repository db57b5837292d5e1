import Model

/// A session id as two machine words, so that a lookup by the bytes of a token allocates nothing.
struct SessionKey: Hashable, Sendable {
    private let high: UInt64
    private let low: UInt64

    /// `nil` unless `bytes` has 16 bytes.
    init?(_ bytes: RawSpan) {
        guard bytes.byteCount == 16 else { return nil }
        // Every pattern is a UInt64; the bounds are checked.
        high = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: 0, as: UInt64.self)
        low = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: 8, as: UInt64.self)
    }

    init?(_ id: SessionID) {
        self.init(unsafe id.bytes.span.bytes)
    }

    /// Ids are parts of digests, and only those of our own sessions are in a table: half of one is enough.
    func hash(into hasher: inout Hasher) { hasher.combine(high) }

    /// Which of the table's shards it belongs to; ids are parts of digests, so any bits do.
    func shard(of count: Int) -> Int { Int(truncatingIfNeeded: low & 0xffff) % count }
}
