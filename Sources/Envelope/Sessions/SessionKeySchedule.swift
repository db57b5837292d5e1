package import Model
package import Primitives
import SecretMemory

/// How a session's keys come from its secret (FORMAT section 8), with an account's `info` bytes made once.
/// An object, so that a call copies one reference.
/// Everything here writes into memory of the caller's, who wipes it; made for one call per request.
package final class SessionKeySchedule: Sendable {
    /// Bytes of the secret, the pseudorandom key and every key made from it.
    package static let keyCount = 32

    private let verifierInfo: [UInt8]
    private let aeadInfo: [UInt8]
    private let x25519Info: [UInt8]

    /// - Throws: nothing that an account id could cause.
    package init(accountID: AccountID) throws(EnvelopeError) {
        verifierInfo = try ContextBytes(.sessionVerifier, [ContextField(.accountID, accountID)]).bytes
        aeadInfo = try ContextBytes(.sessionAEAD, [ContextField(.accountID, accountID)]).bytes
        x25519Info = try ContextBytes(.sessionX25519, [ContextField(.accountID, accountID)]).bytes
    }

    /// The pseudorandom key of a secret: HKDF-Extract with an empty salt.
    /// - Parameter out: exactly 32 bytes.
    /// - Throws: `.malformed` for a secret or `out` that is not 32 bytes, `.libraryFailure`.
    package static func extract(secret: RawSpan, into out: inout MutableRawSpan) throws(EnvelopeError) {
        guard secret.byteCount == keyCount else { throw .malformed("session secret") }
        do throws(PrimitiveError) {
            try HKDFSHA256.extract(secret: secret, salt: unsafe [UInt8]().span.bytes, into: &out)
        } catch {
            throw EnvelopeError(error)
        }
    }

    /// Whether the pseudorandom key is that of the session with this verifier digest; compared in constant time, and what is made on
    /// the way is wiped.
    /// - Parameter verifierDigest: 32 bytes, from the session's certificate.
    package func matches(pseudorandomKey: RawSpan, verifierDigest: RawSpan) -> Bool {
        var storage = InlineArray<32, UInt8>(repeating: 0)
        var elements = storage.mutableSpan
        var verifier = unsafe elements.mutableBytes
        defer { wipe(&verifier) }
        var digestStorage = InlineArray<32, UInt8>(repeating: 0)
        var digestElements = digestStorage.mutableSpan
        var digest = unsafe digestElements.mutableBytes
        guard (try? deriveVerifier(pseudorandomKey: pseudorandomKey, into: &verifier)) != nil,
            (try? SHA256.hash(verifier.bytes, into: &digest)) != nil
        else { return false }
        return constantTimeEqual(digest.bytes, verifierDigest)
    }

    /// The verifier. `out` is exactly 32 bytes, wiped on failure.
    package func deriveVerifier(pseudorandomKey: RawSpan, into out: inout MutableRawSpan) throws(EnvelopeError) {
        try Self.expand(pseudorandomKey, verifierInfo, into: &out)
    }

    /// The key session entries are encrypted under. `out` is exactly 32 bytes, wiped on failure.
    package func deriveAEADKey(pseudorandomKey: RawSpan, into out: inout MutableRawSpan) throws(EnvelopeError) {
        try Self.expand(pseudorandomKey, aeadInfo, into: &out)
    }

    /// The key that opens DEKs a rotation sealed to the session; rare, so in guarded memory of its own.
    package func deriveX25519Key(pseudorandomKey: RawSpan) throws(EnvelopeError) -> X25519PrivateKey {
        let seed = try SecretBytes(count: Self.keyCount) { (out) throws(EnvelopeError) in
            try Self.expand(pseudorandomKey, x25519Info, into: &out)
        }
        return try X25519PrivateKey(opened: seed)
    }

    private static func expand(_ key: RawSpan, _ info: [UInt8], into out: inout MutableRawSpan) throws(EnvelopeError) {
        guard out.byteCount == keyCount else {
            wipe(&out)
            throw .malformed("session key")
        }
        do throws(PrimitiveError) {
            try HKDFSHA256.expand(pseudorandomKey: key, info: unsafe info.span.bytes, into: &out)
        } catch {
            throw EnvelopeError(error)
        }
    }
}
