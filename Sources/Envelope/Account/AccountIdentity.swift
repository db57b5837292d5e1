package import Model
package import Primitives

/// The public half of an account's identity key together with the id that is its hash: what clients pin and every signature is
/// checked against. The two always belong together.
package struct AccountIdentity: Hashable, Sendable {
    /// First 16 bytes of SHA-256(`tacit/account/v1` ‖ public key).
    package let accountID: AccountID
    /// Ed25519.
    package let publicKey: Ed25519PublicKey

    /// Derives the id from the key.
    /// - Throws: `.libraryFailure`.
    package init(publicKey: Ed25519PublicKey) throws(EnvelopeError) {
        let digest = Digest.of(Array("tacit/account/v1".utf8) + publicKey.bytes).bytes
        guard let accountID = AccountID(bytes: Array(digest.prefix(16))) else { throw .libraryFailure }
        self.accountID = accountID
        self.publicKey = publicKey
    }

    /// Takes a key from outside.
    /// - Throws: `.malformed` for bytes that are no Ed25519 key.
    package init(publicKey: Blob) throws(EnvelopeError) {
        try self.init(publicKey: Ed25519PublicKey(publicKey))
    }

    /// Takes a key from outside for an account that is already known by its id.
    /// - Throws: `.accountMismatch` where the id is not the key's hash; `.malformed`.
    package init(accountID: AccountID, publicKey: Blob) throws(EnvelopeError) {
        try self.init(publicKey: publicKey)
        guard self.accountID == accountID else { throw .accountMismatch }
    }
}
