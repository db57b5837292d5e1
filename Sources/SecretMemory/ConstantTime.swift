import CSodium

/// Whether both spans hold the same bytes, in time that depends on the lengths only. Lengths are not secret; two empty spans are equal.
package func constantTimeEqual(_ a: RawSpan, _ b: RawSpan) -> Bool {
    guard a.byteCount == b.byteCount else { return false }
    return unsafe a.withUnsafeBytes { left in
        unsafe b.withUnsafeBytes { right in
            guard let leftBase = left.baseAddress, let rightBase = right.baseAddress else { return true }
            return unsafe sodium_memcmp(leftBase, rightBase, left.count) == 0
        }
    }
}
