import Model
import Primitives
import SecretMemory

/// HPKE seals of 32-byte secrets: enc (32) ‖ ciphertext (32) ‖ tag (16); `info` is the context's label, `aad` the whole context.
enum Seal {
    /// Bytes of a seal.
    static let count = 80

    static func seal(_ secret: RawSpan, to recipient: X25519PublicKey, context: ContextBytes) throws(EnvelopeError) -> Blob {
        do throws(PrimitiveError) {
            return Blob(
                try HPKE.seal(
                    secret, to: recipient, info: unsafe context.hpkeInfo.span.bytes, aad: unsafe context.bytes.span.bytes))
        } catch {
            throw EnvelopeError(error)
        }
    }

    static func open(_ seal: Blob, with key: borrowing X25519PrivateKey, context: ContextBytes) throws(EnvelopeError) -> SecretBytes {
        guard seal.bytes.count == count else { throw .malformed("seal of \(seal.bytes.count) bytes") }
        do throws(PrimitiveError) {
            return try HPKE.open(
                unsafe seal.bytes.span.bytes, with: key, info: unsafe context.hpkeInfo.span.bytes,
                aad: unsafe context.bytes.span.bytes)
        } catch {
            throw EnvelopeError(error)
        }
    }
}
