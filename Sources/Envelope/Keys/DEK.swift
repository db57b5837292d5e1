package import Model
package import Primitives
package import SecretMemory

/// The key that encrypts exactly one value of a provider key: 32 random bytes, fresh per version, wiped when the value ends.
package struct DEK: ~Copyable, Sendable {
    /// Key length in bytes.
    package static let count = 32
    /// Bytes of a seal of it.
    package static let sealCount = Seal.count

    private let key: SecretBytes

    /// Makes a new one.
    package init() {
        key = Random.secret(Self.count)
    }

    /// Takes over a key by its 32 bytes.
    /// - Throws: `.malformed` for another length.
    package init(bytes: consuming SecretBytes) throws(EnvelopeError) {
        guard bytes.count == Self.count else { throw .malformed("DEK") }
        key = bytes
    }

    /// Opens a seal of the account's or a session's and checks that what came out is the DEK the version names.
    /// - Parameters:
    ///   - seal: 80 bytes.
    ///   - context: of the seal, from ``KeyContext/dekSeal(recipientKind:recipientID:recipientPublicKey:)`` of the same key context.
    ///   - commitment: the version's, from its signed row.
    /// - Throws: `.authenticationFailed`, `.commitmentMismatch`, `.malformed` for another length.
    package static func open(
        _ seal: Blob, with key: borrowing X25519PrivateKey, context: ContextBytes, of keyContext: KeyContext, commitment: Blob
    ) throws(EnvelopeError) -> DEK {
        let dek = try DEK(bytes: Seal.open(seal, with: key, context: context))
        try dek.requireCommitment(commitment, context: keyContext)
        return dek
    }

    /// Lends the 32 bytes to `body`.
    package borrowing func withBytes<R: ~Copyable, E: Error>(_ body: (RawSpan) throws(E) -> R) throws(E) -> R {
        try key.withBytes(body)
    }

    /// Encrypts the one value this key is for.
    /// - Parameter value: the provider key, 1 to 16 384 bytes; the caller's to wipe.
    /// - Returns: nonce (12) ‖ ciphertext ‖ tag (16).
    /// - Throws: `.tooLarge`, `.malformed` for no bytes, `.libraryFailure`.
    package borrowing func encrypt(_ value: RawSpan, context: KeyContext) throws(EnvelopeError) -> Blob {
        guard value.byteCount >= 1 else { throw .malformed("empty provider key") }
        guard value.byteCount <= KeyCiphertext.maximumPlaintextCount else { throw .tooLarge("provider key") }
        return try key.withBytes { (key) throws(EnvelopeError) in try Cipher.encrypt(value, key: key, context: context.ciphertext) }
    }

    /// What binds this DEK to its version, since AES-GCM does not commit to its key: HKDF(DEK, `tacit/dek-commitment/v1`), 32 bytes.
    package borrowing func commitment(_ context: KeyContext) throws(EnvelopeError) -> Blob {
        let derived = try key.withBytes { (key) throws(EnvelopeError) in try Derivation.derive(key, info: context.commitment) }
        return derived.withBytes { bytes in unsafe bytes.withUnsafeBytes { unsafe Blob(Array($0)) } }
    }

    /// Compares in constant time.
    /// - Throws: `.commitmentMismatch`.
    package borrowing func requireCommitment(_ commitment: Blob, context: KeyContext) throws(EnvelopeError) {
        let own = try self.commitment(context)
        guard constantTimeEqual(unsafe own.bytes.span.bytes, unsafe commitment.bytes.span.bytes) else { throw .commitmentMismatch }
    }

    /// Seals this key to the account; only to a key whose signature was checked.
    /// - Returns: 80 bytes.
    /// - Throws: `.accountMismatch` where key and context belong to different accounts.
    package borrowing func seal(to account: VerifiedAccountKey, context: KeyContext) throws(EnvelopeError) -> Blob {
        guard account.accountID == context.accountID else { throw .accountMismatch }
        return try seal(to: account.publicKey, context: context.accountSeal(publicKey: account.publicKey))
    }

    /// Seals this key to a live session; only to one whose certificate was checked and that names the key.
    /// - Returns: 80 bytes.
    /// - Throws: `.accountMismatch` for another account's session, `.sessionRefused` for one that does not name the key.
    package borrowing func seal(to session: VerifiedSession, context: KeyContext) throws(EnvelopeError) -> Blob {
        let certificate = session.certificate
        guard certificate.accountID == context.accountID else { throw .accountMismatch }
        guard certificate.keyIDs.contains(context.keyID) else { throw .sessionRefused("the session does not name the key") }
        let publicKey = try X25519PublicKey(certificate.publicKey)
        return try seal(to: publicKey, context: context.sessionSeal(sessionID: certificate.sessionID, publicKey: publicKey))
    }

    private borrowing func seal(to recipient: X25519PublicKey, context: ContextBytes) throws(EnvelopeError) -> Blob {
        try key.withBytes { (key) throws(EnvelopeError) in try Seal.seal(key, to: recipient, context: context) }
    }
}
