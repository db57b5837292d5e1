import Glibc

/// A block of the C heap that a test watches, also after its release.
@safe
struct Block {
    private let base: UnsafeMutableRawPointer

    init?(_ count: Int, alignedTo alignment: Int? = nil, filledWith value: UInt8) {
        var base: UnsafeMutableRawPointer?
        if let alignment {
            guard unsafe posix_memalign(&base, alignment, count) == 0 else { return nil }
        } else {
            unsafe base = malloc(count)
        }
        guard let base = unsafe base else { return nil }
        unsafe self.base = unsafe base
        fill(count, with: value)
    }

    private init(_ base: UnsafeMutableRawPointer) {
        unsafe self.base = unsafe base
    }

    var address: UInt { UInt(bitPattern: unsafe base) }

    func fill(_ count: Int, with value: UInt8) {
        unsafe base.initializeMemory(as: UInt8.self, repeating: value, count: count)
    }

    func resized(to count: Int) -> Block? {
        unsafe realloc(base, count).map { unsafe Block($0) }
    }

    func bytes(_ range: Range<Int>) -> [UInt8] {
        unsafe [UInt8](UnsafeRawBufferPointer(start: base + range.lowerBound, count: range.count))
    }

    func release() {
        unsafe free(base)
    }
}
