/// SHA-256 over bytes that come in parts. A library without memory stops the process.
package struct SHA256Hasher: ~Copyable {
    private let context: DigestContext

    /// Begins a hash.
    package init() {
        do throws(PrimitiveError) {
            context = try DigestContext()
            try context.start()
        } catch {
            fatalError("no SHA-256 context: \(error)")
        }
    }

    /// Adds the next bytes; empty spans change nothing.
    package mutating func update(_ bytes: RawSpan) {
        do throws(PrimitiveError) {
            try unsafe bytes.withUnsafeBytes { (bytes) throws(PrimitiveError) in try unsafe context.update(bytes) }
        } catch {
            fatalError("SHA-256 failed: \(error)")
        }
    }

    /// The 32-byte digest of everything added.
    package consuming func finalize() -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: SHA256.digestCount)
        unsafe digest.withUnsafeMutableBytes { output in
            do throws(PrimitiveError) { try unsafe context.finish(into: output) } catch { fatalError("SHA-256 failed: \(error)") }
        }
        return digest
    }
}
