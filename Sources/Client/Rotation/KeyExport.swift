import Envelope
import Model
import SecretMemory

/// A key with its ciphertexts, as the broker gives them to a fresh owner; opened on the device only.
struct KeyExport {
    private let key: KeyMessages.Key
    private let versions: [SealedVersion]

    /// - Throws: `.untrusted` where a signature does not hold.
    init(_ key: KeyMessages.Key, writers: [AccessMessages.Access], identity: AccountIdentity) throws(ClientError) {
        _ = try VerifiedSigners(of: key, writers: writers, identity: identity)
        do throws(EnvelopeError) {
            let trusted = try TrustedWriters(verifying: writers, identity: identity)
            versions = try KeyVerifier.verify(key, identity: identity, writers: trusted)
        } catch {
            throw .untrusted(error, what: "key \(key.alias)")
        }
        self.key = key
    }

    /// The value calls use, in guarded memory.
    /// - Throws: `.untrusted` for a ciphertext that is not the signed one or does not open.
    func openActive(with keys: borrowing AccountKeys) throws(ClientError) -> SecretBytes {
        guard let sealed = versions.first(where: { $0.state == .active }) else {
            throw .unusableAnswer("key \(key.alias) has no active version")
        }
        let context = sealed.verified.context
        guard let ciphertext = key.versions.first(where: { $0.version == context.version })?.ciphertext,
            let count = KeyCiphertext.plaintextCount(of: ciphertext.bytes.count)
        else { throw .unusableAnswer("key \(key.alias) came without its ciphertext") }
        do throws(EnvelopeError) {
            guard KeyCiphertext.digest(ciphertext) == sealed.verified.ciphertextDigest else { throw EnvelopeError.signatureInvalid }
            let dek = try sealed.openDEK(with: keys)
            return try dek.withBytes { (dek) throws(EnvelopeError) in
                try SecretBytes(count: count) { (out) throws(EnvelopeError) in
                    try KeyCiphertext.open(
                        unsafe ciphertext.bytes.span.bytes, dek: dek, context: unsafe context.ciphertext.bytes.span.bytes, into: &out)
                }
            }
        } catch {
            throw .untrusted(error, what: "key \(key.alias)")
        }
    }
}
