import Model
import Primitives
import SecretMemory

// Keys from outside, with this module's errors.

extension Ed25519PublicKey {
    /// - Throws: `.malformed` for bytes that are no usable key.
    init(_ bytes: Blob) throws(EnvelopeError) {
        do throws(PrimitiveError) { self = try Ed25519PublicKey(bytes: bytes.bytes) } catch { throw EnvelopeError(error) }
    }

    /// - Throws: `.signatureInvalid`.
    func requireSignature(_ signature: Blob, over context: ContextBytes) throws(EnvelopeError) {
        guard isValidSignature(unsafe signature.bytes.span.bytes, for: unsafe context.bytes.span.bytes) else { throw .signatureInvalid }
    }
}

extension X25519PublicKey {
    /// - Throws: `.malformed` for bytes that are no usable key.
    init(_ bytes: Blob) throws(EnvelopeError) {
        do throws(PrimitiveError) { self = try X25519PublicKey(bytes: bytes.bytes) } catch { throw EnvelopeError(error) }
    }
}

extension Ed25519PrivateKey {
    /// - Throws: `.malformed` for another length than 32 bytes.
    init(opened seed: consuming SecretBytes) throws(EnvelopeError) {
        do throws(PrimitiveError) { self = try Ed25519PrivateKey(seed: seed) } catch { throw EnvelopeError(error) }
    }

    /// The signature over a context, 64 bytes.
    borrowing func sign(_ context: ContextBytes) -> Blob {
        Blob(sign(unsafe context.bytes.span.bytes))
    }
}

extension X25519PrivateKey {
    /// - Throws: `.malformed` for another length than 32 bytes.
    init(opened seed: consuming SecretBytes) throws(EnvelopeError) {
        do throws(PrimitiveError) { self = try X25519PrivateKey(seed: seed) } catch { throw EnvelopeError(error) }
    }
}
