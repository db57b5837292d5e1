/// One session as it is stored: the signed certificate, nothing that opens a key.
package struct SessionRecord: Hashable, Sendable {
    package let id: SessionID
    package let accountID: AccountID
    package let kind: SessionPolicy.Kind
    /// `lease create NAME`, or what the client calls itself; for display, not authenticated.
    package let label: String
    /// X25519, 32 bytes.
    package let publicKey: Blob
    /// SHA-256 of the verifier, 32 bytes.
    package let verifierDigest: Blob
    /// Ascending.
    package let keyIDs: [KeyID]
    package let issuedAt: UInt64
    package let expiresAt: UInt64
    package let policy: SessionPolicy
    package let accountRevision: UInt64
    /// The identity key's signature over `tacit/session/v1`.
    package let signature: Blob
    package var revokedAt: UInt64?

    package init(
        id: SessionID, accountID: AccountID, kind: SessionPolicy.Kind, label: String, publicKey: Blob, verifierDigest: Blob,
        keyIDs: [KeyID], issuedAt: UInt64, expiresAt: UInt64, policy: SessionPolicy, accountRevision: UInt64, signature: Blob,
        revokedAt: UInt64?
    ) {
        self.id = id
        self.accountID = accountID
        self.kind = kind
        self.label = label
        self.publicKey = publicKey
        self.verifierDigest = verifierDigest
        self.keyIDs = keyIDs
        self.issuedAt = issuedAt
        self.expiresAt = expiresAt
        self.policy = policy
        self.accountRevision = accountRevision
        self.signature = signature
        self.revokedAt = revokedAt
    }
}

/// A DEK encrypted under a session's AEAD key, KEK-wrapped at rest.
package struct SessionEntryRecord: Hashable, Sendable {
    package let sessionID: SessionID
    package let keyID: KeyID
    package let version: UInt32
    /// KEK wrap, context `tacit/session-entry/v1`, of nonce (12) ‖ ciphertext (32) ‖ tag (16).
    package var wrappedEntry: Blob

    package init(sessionID: SessionID, keyID: KeyID, version: UInt32, wrappedEntry: Blob) {
        self.sessionID = sessionID
        self.keyID = keyID
        self.version = version
        self.wrappedEntry = wrappedEntry
    }
}
