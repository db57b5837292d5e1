package import Model
import Primitives

/// The identity key's signature over a change that has no context of its own (`tacit/change/v1`).
package enum ChangeSignature {
    /// Signs a change.
    /// - Parameters:
    ///   - operation: the route's operation id, 1 to 64 bytes.
    ///   - revision: the account revision the signer saw; the change commits only on it.
    ///   - body: what the change carries, as sent.
    /// - Throws: `.malformed` for another operation text.
    package static func make(
        operation: String, revision: UInt64, body: RawSpan, keys: borrowing AccountKeys
    ) throws(EnvelopeError) -> Blob {
        keys.identity.sign(try context(accountID: keys.accountID, operation: operation, revision: revision, body: body))
    }

    /// Checks a change; whether `revision` is the current one is the caller's to check in the transaction that commits it.
    /// - Throws: `.signatureInvalid`, `.malformed`.
    package static func verify(
        _ signature: Blob, operation: String, revision: UInt64, body: RawSpan, identity: AccountIdentity
    ) throws(EnvelopeError) {
        let context = try context(accountID: identity.accountID, operation: operation, revision: revision, body: body)
        try identity.publicKey.requireSignature(signature, over: context)
    }

    private static func context(
        accountID: AccountID, operation: String, revision: UInt64, body: RawSpan
    ) throws(EnvelopeError) -> ContextBytes {
        try ContextBytes(
            .change,
            [
                ContextField(.accountID, accountID), ContextField(.accountRevision, revision), ContextField(.change, text: operation),
                ContextField(.bodyDigest, SHA256.hash(body)),
            ])
    }
}
