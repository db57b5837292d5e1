package import Model
import Primitives
package import SecretMemory

/// A session's secret on the device that makes the session; everything the session is follows from it. Wiped when the value ends.
package struct SessionSecret: ~Copyable, Sendable {
    /// Whose session.
    package let accountID: AccountID
    /// First 16 bytes of SHA-256(account id ‖ public key).
    package let sessionID: SessionID
    /// X25519; a rotation seals new DEKs to it.
    package let publicKey: Blob
    /// SHA-256 of the verifier, 32 bytes.
    package let verifierDigest: Blob

    private let secret: SecretBytes
    private let aeadKey: SecretBytes

    /// Makes a new session.
    package static func make(accountID: AccountID) throws(EnvelopeError) -> SessionSecret {
        try SessionSecret(accountID: accountID, secret: Random.secret(SessionKeySchedule.keyCount))
    }

    /// Takes over a secret by its 32 bytes.
    /// - Throws: `.malformed` for another length.
    package init(accountID: AccountID, secret: consuming SecretBytes) throws(EnvelopeError) {
        let schedule = try SessionKeySchedule(accountID: accountID)
        let count = SessionKeySchedule.keyCount
        let pseudorandomKey = try secret.withBytes { (secret) throws(EnvelopeError) in
            try SecretBytes(count: count) { (out) throws(EnvelopeError) in try SessionKeySchedule.extract(secret: secret, into: &out) }
        }
        let verifier = try pseudorandomKey.withBytes { (key) throws(EnvelopeError) in
            try SecretBytes(count: count) { (out) throws(EnvelopeError) in
                try schedule.deriveVerifier(pseudorandomKey: key, into: &out)
            }
        }
        let aeadKey = try pseudorandomKey.withBytes { (key) throws(EnvelopeError) in
            try SecretBytes(count: count) { (out) throws(EnvelopeError) in
                try schedule.deriveAEADKey(pseudorandomKey: key, into: &out)
            }
        }
        let publicKey = try pseudorandomKey.withBytes { (key) throws(EnvelopeError) in
            Blob(try schedule.deriveX25519Key(pseudorandomKey: key).publicKey.bytes)
        }
        let sessionID = try SessionID.derive(accountID: accountID, publicKey: publicKey)
        self.accountID = accountID
        self.sessionID = sessionID
        self.publicKey = publicKey
        verifierDigest = verifier.withBytes { Blob(SHA256.hash($0)) }
        self.secret = secret
        self.aeadKey = aeadKey
    }

    /// The session token, 68 ASCII characters.
    package borrowing func token() throws(EnvelopeError) -> SecretBytes {
        let sessionID = sessionID
        return try secret.withBytes { (secret) throws(EnvelopeError) in try SessionToken.text(sessionID: sessionID, secret: secret) }
    }

    /// Encrypts a DEK for the session.
    /// - Parameter context: from ``KeyContext/sessionEntry(sessionID:expiresAt:policyDigest:)``.
    /// - Returns: nonce ‖ ciphertext ‖ tag, 60 bytes.
    package borrowing func encryptEntry(_ dek: borrowing DEK, context: ContextBytes) throws(EnvelopeError) -> Blob {
        try dek.withBytes { (dek) throws(EnvelopeError) in
            try aeadKey.withBytes { (key) throws(EnvelopeError) in try SessionEntry.encrypt(dek, aeadKey: key, context: context) }
        }
    }
}
