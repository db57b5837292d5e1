import Model

/// The contexts a slot's private parts are bound to (FORMAT section 6).
struct SlotContexts {
    let accountID: AccountID
    let parameters: SlotParameters
    /// The slot's X25519 public key.
    let publicKey: Blob
    let identityPublicKey: Blob
    let epoch: UInt32
    let accountPublicKey: Blob

    func slotPrivate() throws(EnvelopeError) -> ContextBytes {
        try ContextBytes(
            .slotPrivate, SlotFields.fields(accountID, parameters) + [ContextField(.slotPublicKey, publicKey)])
    }

    func identitySeal() throws(EnvelopeError) -> ContextBytes {
        try ContextBytes(.identitySeal, recipient + [ContextField(.identityPublicKey, identityPublicKey)])
    }

    func accountKeySeal() throws(EnvelopeError) -> ContextBytes {
        try Self.accountKeySeal(
            accountID: accountID, slotID: parameters.slotID, slotPublicKey: publicKey, epoch: epoch, accountPublicKey: accountPublicKey)
    }

    /// Of the account private key's seal to a slot, which needs of the slot no more than its entry in the signed list.
    static func accountKeySeal(
        accountID: AccountID, slotID: SlotID, slotPublicKey: Blob, epoch: UInt32, accountPublicKey: Blob
    ) throws(EnvelopeError) -> ContextBytes {
        try ContextBytes(
            .accountKeySeal,
            recipient(accountID, slotID, slotPublicKey) + [
                ContextField(.epoch, epoch), ContextField(.accountPublicKey, accountPublicKey),
            ])
    }

    private var recipient: [ContextField] { Self.recipient(accountID, parameters.slotID, publicKey) }

    private static func recipient(_ accountID: AccountID, _ slotID: SlotID, _ publicKey: Blob) -> [ContextField] {
        [ContextField(.accountID, accountID), ContextField(.slotID, slotID), ContextField(.slotPublicKey, publicKey)]
    }
}
