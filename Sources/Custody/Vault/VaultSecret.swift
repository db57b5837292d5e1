package import SecretMemory

/// A secret that outlives one call: a token, a secret id. In guarded memory, shared by reference.
package final class VaultSecret: Sendable {
    private let bytes: SecretBytes

    package init(_ bytes: consuming SecretBytes) { self.bytes = bytes }

    /// A copy without the white space at its ends; `nil` where nothing else is in it.
    convenience init?(trimming bytes: borrowing SecretBytes) {
        let range = bytes.withBytes { (bytes: RawSpan) -> Range<Int> in
            func isSpace(_ offset: Int) -> Bool {
                [9, 10, 13, 32].contains(unsafe bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self))
            }
            var start = 0
            var end = bytes.byteCount
            while start < end, isSpace(start) { start += 1 }
            while end > start, isSpace(end - 1) { end -= 1 }
            return start..<end
        }
        guard !range.isEmpty else { return nil }
        self.init(bytes.withBytes { SecretBytes(copying: $0.extracting(range)) })
    }

    /// Lends the bytes.
    package func withBytes<R: ~Copyable, E: Error>(_ body: (RawSpan) throws(E) -> R) throws(E) -> R { try bytes.withBytes(body) }
}

extension VaultSecret: Equatable {
    package static func == (a: VaultSecret, b: VaultSecret) -> Bool { a.bytes.isEqual(to: b.bytes) }
}
