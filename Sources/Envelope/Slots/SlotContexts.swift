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
        try ContextBytes(
            .accountKeySeal, recipient + [ContextField(.epoch, epoch), ContextField(.accountPublicKey, accountPublicKey)])
    }

    private var recipient: [ContextField] {
        [ContextField(.accountID, accountID), ContextField(.slotID, parameters.slotID), ContextField(.slotPublicKey, publicKey)]
    }
}
