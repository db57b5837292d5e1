package import Model
package import Primitives

/// An account public key whose signature by the identity key was checked; the only thing a DEK is sealed to for an account.
package struct VerifiedAccountKey: Hashable, Sendable {
    /// Whose key it is.
    package let accountID: AccountID
    /// Its number; clients remember the highest they have seen.
    package let epoch: UInt32
    /// X25519.
    package let publicKey: X25519PublicKey

    /// Checks what a server says is the account's key.
    /// - Parameters:
    ///   - identity: the pinned one.
    ///   - minimumEpoch: the highest epoch seen so far; 1 where none was.
    /// - Throws: `.signatureInvalid`, `.epochTooLow`, `.malformed` for bytes that are no usable key.
    package init(
        verifying key: AccountMessages.AccountKey, identity: AccountIdentity, minimumEpoch: UInt32
    ) throws(EnvelopeError) {
        let context = try Self.context(accountID: identity.accountID, epoch: key.epoch, publicKey: key.publicKey)
        try identity.publicKey.requireSignature(key.signature, over: context)
        guard key.epoch >= minimumEpoch else { throw .epochTooLow(seen: minimumEpoch, offered: key.epoch) }
        publicKey = try X25519PublicKey(key.publicKey)
        accountID = identity.accountID
        epoch = key.epoch
    }

    /// `tacit/account-key/v1`.
    static func context(accountID: AccountID, epoch: UInt32, publicKey: Blob) throws(EnvelopeError) -> ContextBytes {
        try ContextBytes(
            .accountKey,
            [ContextField(.accountID, accountID), ContextField(.epoch, epoch), ContextField(.accountPublicKey, publicKey)])
    }
}
