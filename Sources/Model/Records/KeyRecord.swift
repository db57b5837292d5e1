/// One provider key (all its versions share alias, destination and injection) as it is stored.
package struct KeyRecord: Hashable, Sendable {
    package let id: KeyID
    package let accountID: AccountID
    package let alias: Alias
    /// Preset it was enrolled with (`openai`, `custom`); for display and environment names only, not authenticated.
    package let provider: String
    package let destination: Destination
    package let injection: Injection
    package let createdAt: UInt64
    package var revokedAt: UInt64?

    package init(
        id: KeyID, accountID: AccountID, alias: Alias, provider: String, destination: Destination, injection: Injection,
        createdAt: UInt64, revokedAt: UInt64?
    ) {
        self.id = id
        self.accountID = accountID
        self.alias = alias
        self.provider = provider
        self.destination = destination
        self.injection = injection
        self.createdAt = createdAt
        self.revokedAt = revokedAt
    }
}

/// One value of a provider key as it is stored.
package struct KeyVersionRecord: Hashable, Sendable {
    package let keyID: KeyID
    /// From 1.
    package let version: UInt32
    package var state: KeyVersionState
    /// nonce ‖ ciphertext ‖ tag; empty once retired.
    package var ciphertext: Blob
    /// SHA-256 of the ciphertext as it was signed, 32 bytes.
    package let ciphertextDigest: Blob
    /// 32 bytes.
    package let dekCommitment: Blob
    package let signer: Signer
    package let signature: Blob
    package let signedAt: UInt64
    /// The account revision the signature covers; 0 where a writer signed.
    package let signedRevision: UInt64
    package let createdAt: UInt64
    /// Until when a version in grace can be brought back; `nil` in other states.
    package var graceUntil: UInt64?

    package init(
        keyID: KeyID, version: UInt32, state: KeyVersionState, ciphertext: Blob, ciphertextDigest: Blob, dekCommitment: Blob,
        signer: Signer, signature: Blob, signedAt: UInt64, signedRevision: UInt64, createdAt: UInt64,
        graceUntil: UInt64? = nil
    ) {
        self.keyID = keyID
        self.version = version
        self.state = state
        self.ciphertext = ciphertext
        self.ciphertextDigest = ciphertextDigest
        self.dekCommitment = dekCommitment
        self.signer = signer
        self.signature = signature
        self.signedAt = signedAt
        self.signedRevision = signedRevision
        self.createdAt = createdAt
        self.graceUntil = graceUntil
    }
}

/// Who a DEK is sealed to.
package enum RecipientKind: UInt8, Sendable, Codable { case account = 1, session = 2 }

/// A DEK sealed to one recipient, KEK-wrapped; a row of (key, version, recipient kind, recipient id).
package struct SealRecord: Hashable, Sendable {
    package let keyID: KeyID
    package let version: UInt32
    package let recipientKind: RecipientKind
    /// 16 bytes: account id or session id.
    package let recipientID: Blob
    /// X25519, 32 bytes.
    package let recipientPublicKey: Blob
    /// KEK wrap of the HPKE seal; context `tacit/dek-seal/v1` for both.
    package var wrappedSeal: Blob

    package init(
        keyID: KeyID, version: UInt32, recipientKind: RecipientKind, recipientID: Blob, recipientPublicKey: Blob, wrappedSeal: Blob
    ) {
        self.keyID = keyID
        self.version = version
        self.recipientKind = recipientKind
        self.recipientID = recipientID
        self.recipientPublicKey = recipientPublicKey
        self.wrappedSeal = wrappedSeal
    }
}
