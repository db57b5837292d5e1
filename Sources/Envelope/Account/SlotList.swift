package import Model

/// The signed set of an account's slots (`tacit/slot-list/v1`): nobody but the owner adds or exchanges one.
package enum SlotList {
    /// Most slots an account may have.
    package static let maximumCount = 64
    /// Slot id (16) ‖ kind (1) ‖ slot public key (32).
    static let entryCount = 49

    /// Signs the set, in any order, for the revision the signer saw (0 for a new account).
    /// - Throws: `.malformed` for none, more than 64, two with one id or a key that is not 32 bytes.
    package static func sign(
        _ entries: [AccountMessages.SlotEntry], revision: UInt64, keys: borrowing AccountKeys
    ) throws(EnvelopeError) -> Blob {
        keys.identity.sign(try context(entries, accountID: keys.accountID, revision: revision))
    }

    /// Checks the set a server serves or a client sends.
    /// - Throws: `.signatureInvalid`, `.malformed` as `sign`.
    package static func verify(
        _ entries: [AccountMessages.SlotEntry], revision: UInt64, signature: Blob, identity: AccountIdentity
    ) throws(EnvelopeError) {
        try identity.publicKey.requireSignature(signature, over: context(entries, accountID: identity.accountID, revision: revision))
    }

    static func context(
        _ entries: [AccountMessages.SlotEntry], accountID: AccountID, revision: UInt64
    ) throws(EnvelopeError) -> ContextBytes {
        guard entries.allSatisfy({ $0.publicKey.bytes.count == 32 }) else { throw .malformed("slot public key") }
        let value = entries.sorted { $0.slotID < $1.slotID }.flatMap { $0.slotID.bytes + [$0.kind.rawValue] + $0.publicKey.bytes }
        return try ContextBytes(
            .slotList,
            [ContextField(.accountID, accountID), ContextField(.accountRevision, revision), ContextField(.slotEntries, value)])
    }
}
