import Envelope
import Model
import Primitives
import SecretMemory

/// Wraps of a keyring: `u8 kind ‖ u32 version ‖ salt (32) ‖ ciphertext ‖ tag (16)` (FORMAT section 10).
///
/// Each wrap has a key of its own, derived with a random salt, and with it a nonce of zeros: right only because a key encrypts once.
enum KeyringWrap {
    /// The first byte of a keyring file's wraps.
    static let fileKind: UInt8 = 1
    /// The first byte of the wraps of a keyring that lies in a Vault.
    static let vaultKind: UInt8 = 3
    static let saltCount = 32
    /// Bytes before the ciphertext.
    static let headCount = 1 + 4 + saltCount
    /// Bytes a wrap is longer than its plaintext.
    static let overhead = headCount + AES256GCM.tagCount
    /// Bytes of the longest wrap.
    static let maximumCount = 131_072

    private static let nonce = [UInt8](repeating: 0, count: AES256GCM.nonceCount)

    /// The version a wrap names; `nil` for a wrap of another kind or length.
    static func version(of wrap: Blob, kind: UInt8) -> UInt32? {
        guard wrap.bytes.count >= overhead, wrap.bytes.count <= maximumCount, wrap.bytes.first == kind else { return nil }
        return wrap.bytes[1..<5].reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// Wraps under the keyring's current version.
    /// - Parameter scratch: 32 bytes of guarded memory; wiped when this returns.
    static func wrap(
        _ plaintext: RawSpan, context: ContextBytes, keyring: borrowing Keyring, scratch: inout MutableRawSpan
    ) throws(CustodyError) -> Blob {
        guard plaintext.byteCount <= maximumCount - overhead else { throw .tooLarge(plaintext.byteCount) }
        let current = keyring.current
        let salt = Random.bytes(saltCount)
        try derive(version: current, salt: unsafe salt.span.bytes, context: context, keyring: keyring, into: &scratch)
        defer { SecretMemory.wipe(&scratch) }
        do throws(PrimitiveError) {
            let sealed = try AES256GCM.encrypt(
                plaintext, key: scratch.bytes, nonce: unsafe nonce.span.bytes, aad: unsafe context.bytes.span.bytes)
            let version = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: current >> $0) }
            return Blob([keyring.wrapKind] + version + salt + sealed)
        } catch { throw CustodyError(error) }
    }

    /// Bytes that opening a wrap gives.
    /// - Throws: `.integrity` for bytes that are no wrap of this kind.
    static func plaintextCount(of wrap: Blob, kind: UInt8) throws(CustodyError) -> Int {
        guard version(of: wrap, kind: kind) != nil else { throw .integrity }
        return wrap.bytes.count - overhead
    }

    /// Opens a wrap into the caller's memory.
    /// - Parameters:
    ///   - scratch: 32 bytes of guarded memory; wiped when this returns.
    ///   - out: exactly `plaintextCount(of:kind:)` bytes; wiped on failure.
    static func unwrap(
        _ wrap: Blob, context: ContextBytes, keyring: borrowing Keyring, scratch: inout MutableRawSpan, into out: inout MutableRawSpan
    ) throws(CustodyError) {
        guard let version = version(of: wrap, kind: keyring.wrapKind) else { throw .integrity }
        let bytes = unsafe wrap.bytes.span.bytes
        try derive(version: version, salt: bytes.extracting(5..<headCount), context: context, keyring: keyring, into: &scratch)
        defer { SecretMemory.wipe(&scratch) }
        do throws(PrimitiveError) {
            try AES256GCM.decrypt(
                bytes.extracting(headCount..<bytes.byteCount), key: scratch.bytes, nonce: unsafe nonce.span.bytes,
                aad: unsafe context.bytes.span.bytes, into: &out)
        } catch { throw CustodyError(error) }
    }

    private static func derive(
        version: UInt32, salt: RawSpan, context: ContextBytes, keyring: borrowing Keyring, into key: inout MutableRawSpan
    ) throws(CustodyError) {
        do throws(PrimitiveError) {
            let found: Void? = try keyring.withKey(of: version) { (secret) throws(PrimitiveError) in
                try HKDFSHA256.derive(secret: secret, salt: salt, info: unsafe context.bytes.span.bytes, into: &key)
            }
            guard found == nil else { return }
        } catch { throw CustodyError(error) }
        throw .unknownVersion(version)
    }
}

extension CustodyError {
    init(_ error: PrimitiveError) {
        self = error == .authenticationFailed ? .integrity : .unreachable("the cryptographic library refused")
    }
}
