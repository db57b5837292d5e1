package import Model
import Primitives

/// A new account key in place of the one before: made by the client, checked by the broker before anything is stored.
package enum AccountKeyRotation {
    /// The route's operation id, which the change's signature covers.
    package static let operation = "rotate_account_key"

    /// Makes a key pair of the next epoch, seals its private half to every slot and every DEK to its public half, and signs the whole.
    /// The private half is not kept: who opens a slot afterwards gets it.
    /// - Parameters:
    ///   - account: as the broker describes it; its slot list is checked here before anything is sealed to it.
    ///   - versions: all from ``KeyVerifier``; every version that is not retired, of every key that is not revoked.
    /// - Throws: `.signatureInvalid` for slots the identity key did not sign; `.authenticationFailed` or `.commitmentMismatch` for a DEK that
    ///   does not open; `.accountMismatch`, `.malformed`.
    package static func make(
        keys: borrowing AccountKeys, account: AccountMessages.Account, versions: [SealedVersion]
    ) throws(EnvelopeError) -> RotationMessages.AccountKeyChange {
        guard account.accountID == keys.accountID else { throw .accountMismatch }
        let identity = keys.publicIdentity
        try SlotList.verify(
            account.slots, revision: account.slotListRevision, signature: account.slotListSignature, identity: identity)
        let (epoch, overflow) = keys.epoch.addingReportingOverflow(1)
        guard !overflow else { throw .malformed("epoch") }
        let privateKey = X25519PrivateKey()
        let publicKey = Blob(privateKey.publicKey.bytes)
        let context = try VerifiedAccountKey.context(accountID: identity.accountID, epoch: epoch, publicKey: publicKey)
        let accountKey = AccountMessages.AccountKey(epoch: epoch, publicKey: publicKey, signature: keys.identity.sign(context))
        let recipient = try VerifiedAccountKey(verifying: accountKey, identity: identity, minimumEpoch: epoch)

        var slots: [RotationMessages.SlotSeal] = []
        for slot in account.slots.sorted(by: { $0.slotID < $1.slotID }) {
            let sealContext = try SlotContexts.accountKeySeal(
                accountID: identity.accountID, slotID: slot.slotID, slotPublicKey: slot.publicKey, epoch: epoch,
                accountPublicKey: publicKey)
            let slotKey = try X25519PublicKey(slot.publicKey)
            let seal = try privateKey.withSeed { (seed) throws(EnvelopeError) in
                try Seal.seal(seed, to: slotKey, context: sealContext)
            }
            slots.append(RotationMessages.SlotSeal(slotID: slot.slotID, accountKeySeal: seal))
        }
        var sealed: [RotationMessages.VersionSeal] = []
        for version in versions.sorted(by: { Self.precedes($0.verified.context, $1.verified.context) }) {
            let dek = try version.openDEK(with: keys)
            let keyContext = version.verified.context
            sealed.append(
                RotationMessages.VersionSeal(
                    keyID: keyContext.keyID, version: keyContext.version, accountSeal: try dek.seal(to: recipient, context: keyContext)))
        }
        let body = try body(accountKey, slots: slots, keys: sealed)
        let signature = try ChangeSignature.make(
            operation: operation, revision: account.revision, body: unsafe body.span.bytes, keys: keys)
        return RotationMessages.AccountKeyChange(
            revision: account.revision, accountKey: accountKey, slots: slots, keys: sealed, signature: signature)
    }

    /// Everything that signatures and sizes can prove. Whether slots and versions are exactly the account's, and `revision` is current, is
    /// the caller's to check in the transaction that commits.
    /// - Throws: `.signatureInvalid`; `.epochTooLow` for an epoch that is not the next; `.malformed`.
    package static func verify(
        _ change: RotationMessages.AccountKeyChange, identity: AccountIdentity, currentEpoch: UInt32
    ) throws(EnvelopeError) -> VerifiedAccountKey {
        let body = try body(change.accountKey, slots: change.slots, keys: change.keys)
        try ChangeSignature.verify(
            change.signature, operation: operation, revision: change.revision, body: unsafe body.span.bytes, identity: identity)
        let (next, overflow) = currentEpoch.addingReportingOverflow(1)
        guard !overflow, change.accountKey.epoch == next else { throw .epochTooLow(seen: currentEpoch, offered: change.accountKey.epoch) }
        return try VerifiedAccountKey(verifying: change.accountKey, identity: identity, minimumEpoch: next)
    }

    /// What the change's signature covers (FORMAT section 5).
    /// - Throws: `.malformed` for lists that do not ascend or parts of another size.
    static func body(
        _ key: AccountMessages.AccountKey, slots: [RotationMessages.SlotSeal], keys: [RotationMessages.VersionSeal]
    ) throws(EnvelopeError) -> [UInt8] {
        guard key.publicKey.bytes.count == 32, slots.allSatisfy({ $0.accountKeySeal.bytes.count == Seal.count }),
            keys.allSatisfy({ $0.accountSeal.bytes.count == Seal.count })
        else { throw .malformed("account key change") }
        guard (1...SlotList.maximumCount).contains(slots.count), zip(slots, slots.dropFirst()).allSatisfy({ $0.slotID < $1.slotID }),
            zip(keys, keys.dropFirst()).allSatisfy({ ($0.keyID, $0.version) < ($1.keyID, $1.version) }), keys.count < 1 << 20
        else { throw .malformed("account key change whose lists do not ascend") }
        var bytes = bigEndianBytes(key.epoch) + key.publicKey.bytes + bigEndianBytes(UInt32(slots.count))
        for slot in slots { bytes += slot.slotID.bytes + slot.accountKeySeal.bytes }
        bytes += bigEndianBytes(UInt32(keys.count))
        for key in keys { bytes += key.keyID.bytes + bigEndianBytes(key.version) + key.accountSeal.bytes }
        return bytes
    }

    private static func precedes(_ a: KeyContext, _ b: KeyContext) -> Bool { (a.keyID, a.version) < (b.keyID, b.version) }
}
