import CWipe

/// Overwrites the bytes with zeros in a way the compiler cannot leave out.
package func wipe(_ bytes: UnsafeMutableRawBufferPointer) {
    guard let base = bytes.baseAddress else { return }
    unsafe tacit_wipe(base, bytes.count)
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
