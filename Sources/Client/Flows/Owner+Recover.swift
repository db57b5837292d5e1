import Envelope
import Model
package import SecretMemory

extension Owner {
    /// Gives the account a new passphrase and a new recovery code. Every passphrase slot and the recovery slot that logged in are dropped,
    /// slots of other kinds stay. This owner's bearer ends with its slot.
    /// - Parameter passphrase: borrowed, the caller's to wipe; at least 8 characters.
    package func resetPassphrase(_ passphrase: borrowing SecretBytes) async throws(ClientError) -> NewAccount {
        try SecretText.checkNewPassphrase(passphrase)
        let fresh = try await FreshSlots.make(for: keys, passphrase: passphrase)
        let slots = fresh.slots
        let account = try await retryingOnConflict { () throws(ClientError) in
            try await self.replaceSlots(adding: slots) {
                $0.kind != .passphrase && $0.kind != .browserPassphrase && $0.slotID != self.slotID
            }
        }
        return NewAccount(account: account, recoveryCode: fresh.takeRecoveryCode(), pinFailure: nil)
    }

    /// Puts another set of slots in place of the account's, signed for the revision seen.
    /// - Parameter keeping: which of those there are stay.
    func replaceSlots(
        adding slots: [AccountMessages.NewSlot], keeping: (AccountMessages.SlotEntry) -> Bool
    ) async throws(ClientError) -> AccountMessages.Account {
        let account = account
        // What stays is signed again, so it must be what the owner signed before.
        let kept: [AccountMessages.SlotEntry]
        let signature: Blob
        do throws(EnvelopeError) {
            try SlotList.verify(
                account.slots, revision: account.slotListRevision, signature: account.slotListSignature, identity: keys.publicIdentity)
            kept = account.slots.filter(keeping)
            signature = try SlotList.sign(kept + slots.map(\.entry), revision: account.revision, keys: keys)
        } catch {
            throw .untrusted(error, what: "the account's slots")
        }
        let message = AccountMessages.ReplaceSlots(
            revision: account.revision, keep: kept.map(\.slotID), add: slots, slotListSignature: signature)
        return try await vault.connection.send("PUT", "/v1/account/slots", message, bearer: bearer, as: AccountMessages.Account.self)
    }
}
