package import Model

extension SessionID {
    /// The id of the session with this public key: first 16 bytes of SHA-256(account id ‖ session public key).
    /// - Throws: `.malformed` for a key that is not 32 bytes.
    package static func derive(accountID: AccountID, publicKey: Blob) throws(EnvelopeError) -> SessionID {
        guard publicKey.bytes.count == 32 else { throw .malformed("session public key") }
        let digest = Digest.of(accountID.bytes + publicKey.bytes).bytes
        guard let id = SessionID(bytes: Array(digest.prefix(16))) else { throw .libraryFailure }
        return id
    }
}
