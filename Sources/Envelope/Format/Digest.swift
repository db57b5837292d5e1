import Model
import Primitives

/// SHA-256 of public bytes.
enum Digest {
    static func of(_ bytes: [UInt8]) -> Blob {
        Blob(SHA256.hash(unsafe bytes.span.bytes))
    }
}
