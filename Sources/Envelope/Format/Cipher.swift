import Model
import Primitives
import SecretMemory

/// AES-256-GCM as every ciphertext of ours is laid out: nonce (12, random) ‖ ciphertext ‖ tag (16), the context as AAD.
enum Cipher {
    /// Bytes a ciphertext is longer than its plaintext.
    static let overhead = AES256GCM.nonceCount + AES256GCM.tagCount

    /// - Parameter nonce: 12 bytes; only tests give one, since a key must never meet a nonce twice.
    static func encrypt(
        _ plaintext: RawSpan, key: RawSpan, context: ContextBytes, nonce: [UInt8] = Random.bytes(AES256GCM.nonceCount)
    ) throws(EnvelopeError) -> Blob {
        do throws(PrimitiveError) {
            let sealed = try AES256GCM.encrypt(
                plaintext, key: key, nonce: unsafe nonce.span.bytes, aad: unsafe context.bytes.span.bytes)
            return Blob(nonce + sealed)
        } catch {
            throw EnvelopeError(error)
        }
    }

    /// Opens into the caller's memory, which has exactly 28 bytes less than `ciphertext` and is wiped on every failure.
    static func decrypt(
        _ ciphertext: RawSpan, key: RawSpan, context: RawSpan, into out: inout MutableRawSpan
    ) throws(EnvelopeError) {
        guard ciphertext.byteCount >= overhead, out.byteCount == ciphertext.byteCount - overhead else {
            wipe(&out)
            throw .malformed("ciphertext of \(ciphertext.byteCount) bytes")
        }
        let nonceCount = AES256GCM.nonceCount
        do throws(PrimitiveError) {
            try AES256GCM.decrypt(
                ciphertext.extracting(nonceCount..<ciphertext.byteCount), key: key, nonce: ciphertext.extracting(0..<nonceCount),
                aad: context, into: &out)
        } catch {
            throw EnvelopeError(error)
        }
    }
}
