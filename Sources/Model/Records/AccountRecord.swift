/// One account as it is stored. Times are seconds since 1970.
package struct AccountRecord: Hashable, Sendable {
    package let id: AccountID
    package let name: AccountName
    /// Ed25519, 32 bytes; the id is its hash.
    package let identityPublicKey: Blob
    /// From 1, grows by one with each new account key.
    package var accountKeyEpoch: UInt32
    /// X25519, 32 bytes.
    package var accountPublicKey: Blob
    /// The identity key's signature over `tacit/account-key/v1`, 64 bytes.
    package var accountKeySignature: Blob
    /// The revision the slot list was signed for, and the signature over `tacit/slot-list/v1`.
    package var slotListRevision: UInt64
    package var slotListSignature: Blob
    /// Grows by one with every change of the account's state.
    package var revision: UInt64
    package let createdAt: UInt64
    /// When another account took its name (`account renew`); what is left is a tombstone, and nobody logs in to it.
    package var endedAt: UInt64?

    package init(
        id: AccountID, name: AccountName, identityPublicKey: Blob, accountKeyEpoch: UInt32, accountPublicKey: Blob,
        accountKeySignature: Blob, slotListRevision: UInt64, slotListSignature: Blob, revision: UInt64, createdAt: UInt64,
        endedAt: UInt64? = nil
    ) {
        self.id = id
        self.name = name
        self.identityPublicKey = identityPublicKey
        self.accountKeyEpoch = accountKeyEpoch
        self.accountPublicKey = accountPublicKey
        self.accountKeySignature = accountKeySignature
        self.slotListRevision = slotListRevision
        self.slotListSignature = slotListSignature
        self.revision = revision
        self.createdAt = createdAt
        self.endedAt = endedAt
    }
}

/// One slot as it is stored.
package struct SlotRow: Hashable, Sendable {
    package let accountID: AccountID
    package let parameters: SlotParameters
    /// X25519, 32 bytes; in the signed slot list.
    package let publicKey: Blob
    /// KEK wrap of the slot record under `tacit/slot/v1`.
    package var wrappedRecord: Blob
    package let createdAt: UInt64

    package init(accountID: AccountID, parameters: SlotParameters, publicKey: Blob, wrappedRecord: Blob, createdAt: UInt64) {
        self.accountID = accountID
        self.parameters = parameters
        self.publicKey = publicKey
        self.wrappedRecord = wrappedRecord
        self.createdAt = createdAt
    }
}

/// An owner's bearer token, as SHA-256; `tco_`.
package struct LoginRecord: Hashable, Sendable {
    package let tokenDigest: Blob
    package let accountID: AccountID
    package let slotID: SlotID
    package let expiresAt: UInt64

    package init(tokenDigest: Blob, accountID: AccountID, slotID: SlotID, expiresAt: UInt64) {
        self.tokenDigest = tokenDigest
        self.accountID = accountID
        self.slotID = slotID
        self.expiresAt = expiresAt
    }
}

/// A one-time right to create an account, as SHA-256 of its token; `tci_`.
package struct InvitationRecord: Hashable, Sendable {
    package let tokenDigest: Blob
    package let expiresAt: UInt64

    package init(tokenDigest: Blob, expiresAt: UInt64) {
        self.tokenDigest = tokenDigest
        self.expiresAt = expiresAt
    }
}
