import CSodium
package import SecretMemory

/// Randomness from the operating system, through libsodium (`getrandom`). Cannot fail once the library is initialised.
package enum Random {
    /// `count` random bytes for public values such as identifiers, salts and nonces; 0 or more.
    package static func bytes(_ count: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var elements = bytes.mutableSpan
        var span = unsafe elements.mutableBytes
        fill(&span)
        return bytes
    }

    /// `count` random bytes (at least 1) in guarded memory, for keys.
    package static func secret(_ count: Int) -> SecretBytes {
        SecretBytes(count: count) { fill(&$0) }
    }

    /// Fills the caller's memory.
    package static func fill(_ span: inout MutableRawSpan) {
        PrimitiveLibraries.requireSodium()
        unsafe span.withUnsafeMutableBytes { bytes in
            guard let base = bytes.baseAddress else { return }
            unsafe randombytes_buf(base, bytes.count)
        }
    }
}
