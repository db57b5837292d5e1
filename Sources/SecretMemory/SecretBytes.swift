import CSodium

/// A fixed-length secret in guarded memory; wiped and released when the value ends.
///
/// Guards: reading or writing past the end (a page that traps), writing before the start (a canary), core dumps, swap (when the lock
/// limit allows), accidental copies in our own code. Costs: four pages and a few system calls each, so it is not for the hot path
/// (`SecretSlab`). Does not guard: registers, stack spills, a debugger, copies made inside C libraries.
/// Source: libsodium, "Secure memory".
@safe
package struct SecretBytes: ~Copyable, @unchecked Sendable {  // sole owner; shared borrows only read
    private let base: UnsafeMutableRawPointer

    /// Length in bytes, at least 1.
    package let count: Int

    /// Allocates `count` zeroed bytes and lets `fill` write them in place.
    /// - Parameters:
    ///   - count: at least 1. Callers check lengths that come from input; a smaller one is a bug of ours and stops the process, as does
    ///     an operating system that gives no more memory.
    ///   - fill: writes the secret. When it throws, the memory is wiped and released and the error passed on.
    package init<E: Error>(count: Int, _ fill: (inout MutableRawSpan) throws(E) -> Void) throws(E) {
        let base = unsafe Self.allocate(count)
        do throws(E) {
            var span = unsafe UnsafeMutableRawBufferPointer(start: base, count: count).mutableBytes
            try fill(&span)
        } catch {
            unsafe Self.release(base, count)
            throw error
        }
        unsafe self.base = unsafe base
        self.count = count
    }

    /// Copies `bytes` (at least 1) into guarded memory. The original stays the caller's to wipe.
    package init(copying bytes: RawSpan) {
        let base = unsafe Self.allocate(bytes.byteCount)
        unsafe bytes.withUnsafeBytes { source in
            unsafe UnsafeMutableRawBufferPointer(start: base, count: source.count).copyMemory(from: source)
        }
        unsafe self.base = unsafe base
        self.count = bytes.byteCount
    }

    /// Lends the bytes to `body`; the span cannot outlive the call.
    package borrowing func withBytes<R: ~Copyable, E: Error>(_ body: (RawSpan) throws(E) -> R) throws(E) -> R {
        try unsafe body(UnsafeRawBufferPointer(start: base, count: count).bytes)
    }

    /// A second, independent secret with the same bytes.
    package borrowing func copy() -> SecretBytes {
        withBytes { SecretBytes(copying: $0) }
    }

    /// Whether both hold the same bytes, in time that depends on the lengths only.
    package borrowing func isEqual(to other: borrowing SecretBytes) -> Bool {
        guard count == other.count else { return false }
        return unsafe sodium_memcmp(base, other.base, count) == 0
    }

    deinit {
        unsafe Self.release(base, count)
    }

    private static func allocate(_ count: Int) -> UnsafeMutableRawPointer {
        precondition(count >= 1, "a secret has at least one byte")
        SecretMemoryLibrary.require()
        guard let base = unsafe sodium_malloc(count) else { fatalError("no guarded memory left for \(count) bytes") }
        // sodium_malloc fills with a pattern; zero makes a partly filled secret predictable.
        unsafe base.initializeMemory(as: UInt8.self, repeating: 0, count: count)
        return unsafe base
    }

    private static func release(_ base: UnsafeMutableRawPointer, _ count: Int) {
        // Builds of libsodium without guard pages free without wiping.
        unsafe wipe(UnsafeMutableRawBufferPointer(start: base, count: count))
        unsafe sodium_free(base)
    }
}
