import Crypto
import FoundationEssentials
package import SecretMemory

/// Sealing to a public key: HPKE base mode with DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM, one message per encapsulation.
/// Source: RFC 9180; swift-crypto does the work. It takes and gives `Data`: what it gives is wiped here, what it keeps for itself
/// (key schedule, shared secret) it wipes or releases to the wiping `free`.
package enum HPKE {
    /// Bytes a sealed message is longer than its plaintext: encapsulated key (32) and tag (16).
    package static let overhead = 32 + 16

    private static var suite: Crypto.HPKE.Ciphersuite {
        Crypto.HPKE.Ciphersuite(kem: .Curve25519_HKDF_SHA256, kdf: .HKDF_SHA256, aead: .AES_GCM_256)
    }

    /// Seals `plaintext` (any length) so that only the holder of the private half of `recipient` opens it, with the same `info` and `aad`.
    /// - Returns: encapsulated key (32 bytes) ‖ ciphertext ‖ tag (16 bytes).
    /// - Throws: `.libraryFailure`.
    package static func seal(
        _ plaintext: RawSpan, to recipient: X25519PublicKey, info: RawSpan, aad: RawSpan
    ) throws(PrimitiveError) -> [UInt8] {
        do {
            let key = try Curve25519.KeyAgreement.PublicKey(rawRepresentation: recipient.bytes)
            var sender = try Crypto.HPKE.Sender(recipientKey: key, ciphersuite: suite, info: copy(info))
            let context = copy(aad)
            let sealed = try unsafe plaintext.withUnsafeBytes { plaintext in
                try unsafe sender.seal(plaintext, authenticating: context)
            }
            return [UInt8](sender.encapsulatedKey) + [UInt8](sealed)
        } catch {
            throw .libraryFailure
        }
    }

    /// Opens what `seal` made for the public half of `key`.
    /// - Parameter sealed: at least 49 bytes, since a secret has at least one.
    /// - Throws: `.invalidLength` for a shorter one, `.authenticationFailed` for everything else that does not open.
    package static func open(
        _ sealed: RawSpan, with key: borrowing X25519PrivateKey, info: RawSpan, aad: RawSpan
    ) throws(PrimitiveError) -> SecretBytes {
        guard sealed.byteCount > overhead else { throw .invalidLength(expected: overhead + 1, actual: sealed.byteCount) }
        var opened: Data
        do {
            let privateKey = try key.withSeed { seed in
                try unsafe seed.withUnsafeBytes { try unsafe Curve25519.KeyAgreement.PrivateKey(rawRepresentation: $0) }
            }
            let encapsulated = copy(sealed.extracting(0..<32))
            var recipient = try Crypto.HPKE.Recipient(
                privateKey: privateKey, ciphersuite: suite, info: copy(info), encapsulatedKey: encapsulated)
            opened = try recipient.open(copy(sealed.extracting(32..<sealed.byteCount)), authenticating: copy(aad))
        } catch {
            throw .authenticationFailed
        }
        return SecretBytes(count: opened.count) { out in
            unsafe opened.withUnsafeMutableBytes { bytes in
                unsafe out.withUnsafeMutableBytes { unsafe $0.copyMemory(from: UnsafeRawBufferPointer(bytes)) }
                unsafe wipe(bytes)
            }
        }
    }

    /// Public bytes in the form swift-crypto takes.
    private static func copy(_ bytes: RawSpan) -> Data {
        unsafe bytes.withUnsafeBytes { unsafe Data($0) }
    }
}
