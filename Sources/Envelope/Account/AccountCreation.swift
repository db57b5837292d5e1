package import Model
import Primitives

/// The message that makes an account: put together by the client, checked by the broker before anything is stored.
package enum AccountCreation {
    /// Puts the message together; the slot list is signed for revision 0.
    /// - Parameter slots: made for `keys` with ``SlotRoot/makeSlot(for:)``, at least one.
    /// - Throws: `.malformed` as ``SlotList``.
    package static func make(
        name: AccountName, keys: borrowing AccountKeys, slots: [AccountMessages.NewSlot], invitation: String?
    ) throws(EnvelopeError) -> AccountMessages.Create {
        AccountMessages.Create(
            name: name, identityPublicKey: Blob(keys.publicIdentity.publicKey.bytes), accountKey: try keys.signAccountKey(),
            slots: slots, slotListSignature: try SlotList.sign(slots.map(\.entry), revision: 0, keys: keys), invitation: invitation)
    }

    /// Everything of the message that signatures, sizes and costs can prove. Name, invitation and whether the account exists already
    /// are the broker's to check.
    /// - Returns: the identity, whose id the account gets.
    /// - Throws: `.signatureInvalid`, `.malformed`, `.costsRefused`.
    package static func verify(_ message: AccountMessages.Create) throws(EnvelopeError) -> AccountIdentity {
        let identity = try AccountIdentity(publicKey: message.identityPublicKey)
        let key = try VerifiedAccountKey(verifying: message.accountKey, identity: identity, minimumEpoch: 1)
        try SlotList.verify(message.slots.map(\.entry), revision: 0, signature: message.slotListSignature, identity: identity)
        for slot in message.slots {
            let record = try SlotRecord(verifying: slot)
            guard record.epoch == key.epoch, record.accountPublicKey.bytes == key.publicKey.bytes else { throw .accountMismatch }
        }
        return identity
    }
}

extension AccountMessages.NewSlot {
    /// What stands of this slot in the signed list.
    package var entry: AccountMessages.SlotEntry {
        AccountMessages.SlotEntry(slotID: parameters.slotID, kind: parameters.kind, publicKey: publicKey)
    }
}
