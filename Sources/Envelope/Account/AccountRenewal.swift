package import Model
import Primitives

/// A new identity in place of the one before, which is the cure after somebody opened an old slot: made by the client, checked by the
/// broker before anything is stored.
package enum AccountRenewal {
    /// The route's operation id, which the old identity's signature covers.
    package static let operation = "renew_account"
    /// The revision of the new account that its keys' version signatures cover.
    package static let keyRevision: UInt64 = 1

    /// Puts the change together and signs it with the old identity key.
    /// - Parameters:
    ///   - keys: the old account's.
    ///   - revision: of the old account.
    ///   - account: the new account's creation, under the same name.
    ///   - enrolments: version 1 of every key, signed by the new identity key for revision 1.
    /// - Throws: `.malformed` for two keys of one id.
    package static func make(
        keys: borrowing AccountKeys, revision: UInt64, account: AccountMessages.Create, enrolments: [KeyMessages.Enroll]
    ) throws(EnvelopeError) -> RotationMessages.Renewal {
        let enrolments = enrolments.sorted { $0.keyID < $1.keyID }
        let body = try body(identityPublicKey: account.identityPublicKey, keys: enrolments)
        let signature = try ChangeSignature.make(operation: operation, revision: revision, body: unsafe body.span.bytes, keys: keys)
        return RotationMessages.Renewal(revision: revision, signature: signature, account: account, keys: enrolments)
    }

    /// Everything that signatures, sizes and costs can prove of the message. Name, revision and whether every key of the old account is
    /// among the new ones are the caller's to check.
    /// - Parameter identity: the old one.
    /// - Returns: the new identity.
    /// - Throws: `.signatureInvalid`, `.signerRefused`, `.accountMismatch` where old and new identity are one, `.malformed`, `.costsRefused`.
    package static func verify(
        _ renewal: RotationMessages.Renewal, identity: AccountIdentity
    ) throws(EnvelopeError) -> AccountIdentity {
        let body = try body(identityPublicKey: renewal.account.identityPublicKey, keys: renewal.keys)
        try ChangeSignature.verify(
            renewal.signature, operation: operation, revision: renewal.revision, body: unsafe body.span.bytes, identity: identity)
        let renewed = try AccountCreation.verify(renewal.account)
        guard renewed != identity else { throw .accountMismatch }
        guard Set(renewal.keys.map(\.alias)).count == renewal.keys.count else { throw .malformed("an alias twice") }
        for key in renewal.keys {
            guard key.version.version == 1, key.version.signedRevision == keyRevision else { throw .malformed("renewed key version") }
            let context = try KeyContext(
                accountID: renewed.accountID, keyID: key.keyID, version: 1, alias: key.alias, destination: key.destination,
                injection: key.injection)
            _ = try KeyVersionMaker.verify(key.version, context: context, identity: renewed, writers: .none)
        }
        return renewed
    }

    /// What the change's signature covers (FORMAT section 5).
    static func body(identityPublicKey: Blob, keys: [KeyMessages.Enroll]) throws(EnvelopeError) -> [UInt8] {
        guard identityPublicKey.bytes.count == 32, keys.count < 1 << 20 else { throw .malformed("account renewal") }
        guard zip(keys, keys.dropFirst()).allSatisfy({ $0.keyID < $1.keyID }) else {
            throw .malformed("account renewal whose keys do not ascend")
        }
        var bytes = identityPublicKey.bytes + bigEndianBytes(UInt32(keys.count))
        for key in keys { bytes += key.keyID.bytes + KeyCiphertext.digest(key.version.ciphertext).bytes }
        return bytes
    }
}
