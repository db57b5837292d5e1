import SecretMemory

/// Bytes of a peer that may hold a credential: memory of our own that is wiped wherever a part of it is given up.
///
/// What is received is copied here and wiped at once where it came from, so that no pooled buffer of NIO or NIOSSL keeps a token.
@safe
final class WipingBuffer {
    private var base: UnsafeMutableRawPointer?
    private var capacity = 0
    /// Bytes held.
    private(set) var count = 0

    /// The bytes held.
    func withBytes<R: ~Copyable, E: Error>(_ body: (Span<UInt8>) throws(E) -> R) throws(E) -> R {
        try unsafe body(Span(_unsafeElements: UnsafeBufferPointer(start: base?.assumingMemoryBound(to: UInt8.self), count: count)))
    }

    /// The first `limit` bytes held, to be overwritten in place.
    func withMutableBytes<R, E: Error>(upTo limit: Int = .max, _ body: (inout MutableRawSpan) throws(E) -> R) throws(E) -> R {
        var span = unsafe UnsafeMutableRawBufferPointer(start: base, count: min(limit, count)).mutableBytes
        return try body(&span)
    }

    /// Appends a copy of `source`.
    func append(_ source: Span<UInt8>) {
        unsafe source.withUnsafeBytes { unsafe append($0) }
    }

    /// Appends a copy of `source`; wiping the source is the caller's.
    func append(_ source: UnsafeRawBufferPointer) {
        guard let from = source.baseAddress, source.count > 0 else { return }
        let base = unsafe reserve(count + source.count)
        unsafe (base + count).copyMemory(from: from, byteCount: source.count)
        count += source.count
    }

    /// Wipes the first `length` bytes and moves what follows to the front.
    func removeFirst(_ length: Int) {
        guard length > 0, let base = unsafe base else { return }
        let rest = count - min(length, count)
        if rest > 0 { unsafe base.copyMemory(from: base + (count - rest), byteCount: rest) }
        unsafe wipe(UnsafeMutableRawBufferPointer(start: base + rest, count: count - rest))
        count = rest
    }

    /// Wipes everything. Memory beyond `keepingCapacity` bytes is given back.
    func removeAll(keepingCapacity limit: Int = 4_096) {
        unsafe wipe(UnsafeMutableRawBufferPointer(start: base, count: count))
        count = 0
        guard capacity > limit else { return }
        unsafe base?.deallocate()
        unsafe base = nil
        capacity = 0
    }

    /// Gives the memory back where nothing is held.
    func releaseWhenEmpty() {
        guard count == 0 else { return }
        removeAll(keepingCapacity: 0)
    }

    private func reserve(_ needed: Int) -> UnsafeMutableRawPointer {
        if let base = unsafe base, needed <= capacity { return unsafe base }
        var size = max(1_024, capacity)
        while size < needed { size *= 2 }
        let next = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16)
        if let base = unsafe base {
            unsafe next.copyMemory(from: base, byteCount: count)
            unsafe wipe(UnsafeMutableRawBufferPointer(start: base, count: count))
            unsafe base.deallocate()
        }
        unsafe base = next
        capacity = size
        return unsafe next
    }

    deinit {
        unsafe wipe(UnsafeMutableRawBufferPointer(start: base, count: count))
        unsafe base?.deallocate()
    }
}
