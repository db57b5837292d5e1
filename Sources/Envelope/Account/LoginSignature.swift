package import Model
package import Primitives

/// A slot's answer to a login challenge (`tacit/login/v1`).
package enum LoginSignature {
    /// Signs a challenge.
    /// - Parameters:
    ///   - origin: the control plane's address as this client dialled it: `unix` or `scheme://host:port`.
    ///   - key: the slot's login key.
    ///   - clientNonce: 32 bytes; fresh unless a test gives them.
    /// - Throws: `.malformed` for a nonce that is not 32 bytes or an origin of 0 or more than 300 bytes.
    package static func make(
        challenge: AccountMessages.LoginChallenge, slotID: SlotID, origin: String, key: borrowing Ed25519PrivateKey,
        clientNonce: Blob = Blob(Random.bytes(32))
    ) throws(EnvelopeError) -> AccountMessages.LoginFinish {
        var message = AccountMessages.LoginFinish(
            accountID: challenge.accountID, slotID: slotID, origin: origin, serverNonce: challenge.serverNonce,
            clientNonce: clientNonce, signature: Blob([]))
        message.signature = key.sign(try context(message))
        return message
    }

    /// Checks the signature. That the nonce is ours and unused, and the origin one of ours, is the caller's to check.
    /// - Throws: `.signatureInvalid`, `.malformed`.
    package static func verify(_ message: AccountMessages.LoginFinish, loginPublicKey: Blob) throws(EnvelopeError) {
        try Ed25519PublicKey(loginPublicKey).requireSignature(message.signature, over: context(message))
    }

    static func context(_ message: AccountMessages.LoginFinish) throws(EnvelopeError) -> ContextBytes {
        try ContextBytes(
            .login,
            [
                ContextField(.accountID, message.accountID), ContextField(.slotID, message.slotID),
                ContextField(.origin, text: message.origin), ContextField(.serverNonce, message.serverNonce),
                ContextField(.clientNonce, message.clientNonce),
            ])
    }
}
