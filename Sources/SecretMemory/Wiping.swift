import CSodium

/// Overwrites the bytes with zeros in a way the compiler cannot leave out.
/// In a build with `TACIT_INSECURE_NO_WIPE`, made only to show that the memory test sees what it looks for, no function here does anything.
package func wipe(_ bytes: UnsafeMutableRawBufferPointer) {
    #if !TACIT_INSECURE_NO_WIPE
    guard let base = bytes.baseAddress else { return }
    unsafe sodium_memzero(base, bytes.count)
    #endif
}

/// Overwrites the bytes the span lends.
package func wipe(_ span: inout MutableRawSpan) {
    unsafe span.withUnsafeMutableBytes { unsafe wipe($0) }
}

/// Overwrites an array's bytes; its length stays. The array must hold the only reference to its storage: of a shared one Swift makes
/// a copy first, and the copy is what is wiped.
package func wipe(_ array: inout [UInt8]) {
    unsafe array.withUnsafeMutableBytes { unsafe wipe($0) }
}
