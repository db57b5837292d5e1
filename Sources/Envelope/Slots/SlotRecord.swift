package import Model
import Primitives

/// What a slot holds besides its parameters (`tacit/slot-record/v1`); KEK-wrapped at rest. Nothing in it opens anything without the
/// slot key, but the login public key could test a passphrase guess.
package struct SlotRecord: Hashable, Sendable {
    /// X25519, 32 bytes.
    package let publicKey: Blob
    /// Of the account key sealed here.
    package let epoch: UInt32
    /// X25519, 32 bytes.
    package let accountPublicKey: Blob
    /// Ed25519, 32 bytes.
    package let loginPublicKey: Blob
    /// nonce ‖ ciphertext (32) ‖ tag, under the slot key.
    let encryptedPrivateKey: Blob
    /// HPKE seal of the identity key's seed, 80 bytes.
    let sealedIdentityKey: Blob
    /// HPKE seal of the account private key, 80 bytes.
    let sealedAccountKey: Blob

    init(
        publicKey: Blob, epoch: UInt32, accountPublicKey: Blob, loginPublicKey: Blob, encryptedPrivateKey: Blob,
        sealedIdentityKey: Blob, sealedAccountKey: Blob
    ) {
        self.publicKey = publicKey
        self.epoch = epoch
        self.accountPublicKey = accountPublicKey
        self.loginPublicKey = loginPublicKey
        self.encryptedPrivateKey = encryptedPrivateKey
        self.sealedIdentityKey = sealedIdentityKey
        self.sealedAccountKey = sealedAccountKey
    }

    /// Parses a record.
    /// - Throws: `.malformed`.
    package init(parsing bytes: Blob) throws(EnvelopeError) {
        let reader = try ContextReader(bytes.bytes, kind: .slotRecord)
        publicKey = try reader.blob(.slotPublicKey)
        epoch = try reader.integer(.epoch)
        accountPublicKey = try reader.blob(.accountPublicKey)
        loginPublicKey = try reader.blob(.loginPublicKey)
        encryptedPrivateKey = try reader.blob(.encryptedSlotPrivateKey)
        sealedIdentityKey = try reader.blob(.sealedIdentityKey)
        sealedAccountKey = try reader.blob(.sealedAccountKey)
    }

    /// Parses the record of a slot that a client sends, and checks that it fits the slot's plain parts: what a broker can check
    /// without the passphrase.
    /// - Throws: `.costsRefused`; `.malformed` also for keys that are no keys; `.accountMismatch` where record and slot name different
    ///   public keys.
    package init(verifying slot: AccountMessages.NewSlot) throws(EnvelopeError) {
        try slot.parameters.requireAcceptable()
        try self.init(parsing: slot.record)
        guard publicKey == slot.publicKey else { throw .accountMismatch }
        _ = try X25519PublicKey(publicKey)
        _ = try X25519PublicKey(accountPublicKey)
        _ = try Ed25519PublicKey(loginPublicKey)
    }

    /// The record with another account key sealed in it; the slot's own parts and the identity key stay.
    package func replacingAccountKey(_ key: VerifiedAccountKey, seal: Blob) -> SlotRecord {
        SlotRecord(
            publicKey: publicKey, epoch: key.epoch, accountPublicKey: Blob(key.publicKey.bytes), loginPublicKey: loginPublicKey,
            encryptedPrivateKey: encryptedPrivateKey, sealedIdentityKey: sealedIdentityKey, sealedAccountKey: seal)
    }

    /// The record's bytes.
    /// - Throws: `.malformed` for parts of the wrong size.
    package func encoded() throws(EnvelopeError) -> Blob {
        let context = try ContextBytes(
            .slotRecord,
            [
                ContextField(.slotPublicKey, publicKey), ContextField(.epoch, epoch), ContextField(.accountPublicKey, accountPublicKey),
                ContextField(.loginPublicKey, loginPublicKey), ContextField(.encryptedSlotPrivateKey, encryptedPrivateKey),
                ContextField(.sealedIdentityKey, sealedIdentityKey), ContextField(.sealedAccountKey, sealedAccountKey),
            ])
        return Blob(context.bytes)
    }
}
