package import Model
package import Primitives

/// An account's private keys, on the device that made them or opened a slot. Wiped when the value ends.
package struct AccountKeys: ~Copyable, Sendable {
    /// Signs everything of the account; never rotates.
    package let identity: Ed25519PrivateKey
    /// Opens the DEKs sealed to the account.
    package let account: X25519PrivateKey
    /// The account key's number, from 1.
    package let epoch: UInt32
    /// The identity key's public half and its hash.
    package let publicIdentity: AccountIdentity

    /// The account's id.
    package var accountID: AccountID { publicIdentity.accountID }

    /// Makes the keys of a new account, epoch 1.
    package static func make() throws(EnvelopeError) -> AccountKeys {
        try AccountKeys(identity: Ed25519PrivateKey(), account: X25519PrivateKey(), epoch: 1)
    }

    /// Puts keys together that belong together.
    /// - Throws: `.malformed` for epoch 0.
    package init(identity: consuming Ed25519PrivateKey, account: consuming X25519PrivateKey, epoch: UInt32) throws(EnvelopeError) {
        guard epoch >= 1 else { throw .malformed("epoch") }
        publicIdentity = try AccountIdentity(publicKey: identity.publicKey)
        self.identity = identity
        self.account = account
        self.epoch = epoch
    }

    /// The account public key, signed with its epoch (`tacit/account-key/v1`).
    package borrowing func signAccountKey() throws(EnvelopeError) -> AccountMessages.AccountKey {
        let publicKey = Blob(account.publicKey.bytes)
        let context = try VerifiedAccountKey.context(accountID: accountID, epoch: epoch, publicKey: publicKey)
        return AccountMessages.AccountKey(epoch: epoch, publicKey: publicKey, signature: identity.sign(context))
    }
}
