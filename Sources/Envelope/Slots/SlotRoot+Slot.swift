package import Model
import Primitives
import SecretMemory

extension SlotRoot {
    /// Makes the slot: its own X25519 pair, the private half encrypted under the slot key, the account's private keys sealed to the
    /// public half.
    /// - Throws: `.accountMismatch` where `keys` are another account's.
    package borrowing func makeSlot(for keys: borrowing AccountKeys) throws(EnvelopeError) -> AccountMessages.NewSlot {
        guard keys.accountID == accountID else { throw .accountMismatch }
        let slotPrivateKey = X25519PrivateKey()
        let publicKey = slotPrivateKey.publicKey
        let contexts = SlotContexts(
            accountID: accountID, parameters: parameters, publicKey: Blob(publicKey.bytes),
            identityPublicKey: Blob(keys.publicIdentity.publicKey.bytes), epoch: keys.epoch,
            accountPublicKey: Blob(keys.account.publicKey.bytes))
        let slotKey = try slotKey()
        let slotPrivateContext = try contexts.slotPrivate()
        let identityContext = try contexts.identitySeal()
        let accountContext = try contexts.accountKeySeal()
        let encryptedPrivateKey = try slotKey.withBytes { (slotKey) throws(EnvelopeError) in
            try slotPrivateKey.withSeed { (seed) throws(EnvelopeError) in
                try Cipher.encrypt(seed, key: slotKey, context: slotPrivateContext)
            }
        }
        let record = SlotRecord(
            publicKey: Blob(publicKey.bytes), epoch: keys.epoch, accountPublicKey: Blob(keys.account.publicKey.bytes),
            loginPublicKey: Blob(try loginKey().publicKey.bytes), encryptedPrivateKey: encryptedPrivateKey,
            sealedIdentityKey: try keys.identity.withSeed { (seed) throws(EnvelopeError) in
                try Seal.seal(seed, to: publicKey, context: identityContext)
            },
            sealedAccountKey: try keys.account.withSeed { (seed) throws(EnvelopeError) in
                try Seal.seal(seed, to: publicKey, context: accountContext)
            })
        return AccountMessages.NewSlot(
            parameters: parameters, publicKey: record.publicKey, record: try record.encoded())
    }

    /// Opens the slot that logged in and believes nothing the server says besides: the public keys are derived from the private halves
    /// opened here, the account id is the hash of the identity key, the account key is signed by it with an epoch not lower than seen,
    /// and the slot stands in the list it signed.
    /// - Parameters:
    ///   - minimumEpoch: the highest account key epoch this device has seen; 1 where none.
    /// - Throws: `.authenticationFailed` for a wrong passphrase or altered data; `.accountMismatch`, `.signatureInvalid`,
    ///   `.epochTooLow`, `.malformed`. Whether the account is the pinned one: give that id to `derive`.
    package borrowing func open(
        _ slot: AccountMessages.NewSlot, account: AccountMessages.Account, minimumEpoch: UInt32
    ) throws(EnvelopeError) -> AccountKeys {
        guard account.accountID == accountID, slot.parameters == parameters else { throw .accountMismatch }
        let identity = try AccountIdentity(accountID: accountID, publicKey: account.identityPublicKey)
        let keys = try open(SlotRecord(verifying: slot), identity: identity)
        let accountKey = try VerifiedAccountKey(verifying: account.accountKey, identity: identity, minimumEpoch: minimumEpoch)
        guard accountKey.epoch == keys.epoch, accountKey.publicKey == keys.account.publicKey else { throw .accountMismatch }
        try SlotList.verify(
            account.slots, revision: account.slotListRevision, signature: account.slotListSignature, identity: identity)
        guard account.slots.contains(slot.entry) else { throw .accountMismatch }
        return keys
    }

    /// Opens what the record holds, each private half checked against the public one its context names.
    borrowing func open(_ record: SlotRecord, identity: AccountIdentity) throws(EnvelopeError) -> AccountKeys {
        let contexts = SlotContexts(
            accountID: accountID, parameters: parameters, publicKey: record.publicKey,
            identityPublicKey: Blob(identity.publicKey.bytes), epoch: record.epoch, accountPublicKey: record.accountPublicKey)
        let slotPrivateContext = try contexts.slotPrivate().bytes
        let slotSeed = try slotKey().withBytes { (slotKey) throws(EnvelopeError) in
            try SecretBytes(count: X25519PrivateKey.seedCount) { (out) throws(EnvelopeError) in
                try Cipher.decrypt(
                    unsafe record.encryptedPrivateKey.bytes.span.bytes, key: slotKey, context: unsafe slotPrivateContext.span.bytes,
                    into: &out)
            }
        }
        let slotPrivateKey = try X25519PrivateKey(opened: slotSeed)
        guard slotPrivateKey.publicKey.bytes == record.publicKey.bytes else { throw .accountMismatch }
        let identityKey = try Ed25519PrivateKey(
            opened: Seal.open(record.sealedIdentityKey, with: slotPrivateKey, context: contexts.identitySeal()))
        let accountKey = try X25519PrivateKey(
            opened: Seal.open(record.sealedAccountKey, with: slotPrivateKey, context: contexts.accountKeySeal()))
        guard identityKey.publicKey == identity.publicKey, accountKey.publicKey.bytes == record.accountPublicKey.bytes else {
            throw .accountMismatch
        }
        return try AccountKeys(identity: identityKey, account: accountKey, epoch: record.epoch)
    }
}
