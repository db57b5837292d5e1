import Primitives
import SecretMemory

/// HKDF-SHA-256 with a context as `info`: 32 bytes, the salt empty unless given (FORMAT section 1).
enum Derivation {
    static func derive(_ secret: RawSpan, salt: [UInt8] = [], info: ContextBytes) throws(EnvelopeError) -> SecretBytes {
        do throws(PrimitiveError) {
            return try HKDFSHA256.derive(secret: secret, salt: unsafe salt.span.bytes, info: unsafe info.bytes.span.bytes, count: 32)
        } catch {
            throw EnvelopeError(error)
        }
    }
}
