import CSodium

/// One guarded, locked, non-dumpable region that serves one request at a time: slices are handed out one after the other and wiped together.
///
/// Made once per event loop because `SecretBytes` costs system calls. Not `Sendable`: it is used on its own loop only.
/// A slice is valid until the slab is wiped to a mark before it, or ends; using it later is a bug the slab cannot see.
@safe
package final class SecretSlab {
    /// A position in the slab, from `mark()`.
    package struct Mark: Equatable {
        fileprivate let offset: Int
    }

    /// Every slice starts on such a boundary (bytes), enough for any scalar type.
    package static let alignment = 16

    /// Bytes the slab can hand out; the capacity asked for, rounded up to `alignment`.
    package let capacity: Int

    private var end = 0

    private let base: UnsafeMutableRawPointer

    /// Allocates the region.
    /// - Parameter capacity: bytes, 1 … 1 GiB; another value is a bug of ours and stops the process, as does missing memory.
    package init(capacity: Int) {
        precondition((1...1 << 30).contains(capacity), "a slab holds 1 byte to 1 GiB")
        SecretMemoryLibrary.require()
        let rounded = Self.roundUp(capacity)
        // libsodium ends the region at a page border, so a length that is a multiple of 16 makes its start aligned as well.
        guard let base = unsafe sodium_malloc(rounded) else { fatalError("no guarded memory left for \(rounded) bytes") }
        unsafe base.initializeMemory(as: UInt8.self, repeating: 0, count: rounded)
        unsafe self.base = unsafe base
        self.capacity = rounded
    }

    /// Bytes handed out since the last wipe, padding included.
    package var used: Int { end }

    /// The next `count` bytes, zeroed and aligned to 16; `nil` when they do not fit or `count` is negative.
    /// A slice of 0 bytes is given while the slab has room at all.
    package func allocate(_ count: Int) -> UnsafeMutableRawBufferPointer? {
        let start = end
        guard count >= 0, count <= capacity - start else { return nil }
        let slice = unsafe UnsafeMutableRawBufferPointer(start: base + start, count: count)
        end = Self.roundUp(start + count)
        return unsafe slice
    }

    /// Where the next slice will start.
    package func mark() -> Mark {
        Mark(offset: used)
    }

    /// Wipes and takes back every slice handed out since `mark`. A mark that a wider wipe has already passed changes nothing.
    package func wipe(to mark: Mark) {
        let used = end
        guard mark.offset < used else { return }
        unsafe SecretMemory.wipe(UnsafeMutableRawBufferPointer(start: base + mark.offset, count: used - mark.offset))
        end = mark.offset
    }

    /// Wipes and takes back everything.
    package func wipeAll() {
        wipe(to: Mark(offset: 0))
    }

    deinit {
        wipeAll()
        unsafe sodium_free(base)
    }

    private static func roundUp(_ count: Int) -> Int {
        (count + alignment - 1) & ~(alignment - 1)
    }
}
