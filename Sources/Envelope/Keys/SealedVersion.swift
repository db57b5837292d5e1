package import Model
import Primitives

/// A verified version together with its DEK sealed to the account: what an unlocking client opens.
package struct SealedVersion: Hashable, Sendable {
    package let verified: VerifiedVersion
    package let state: KeyVersionState
    /// HPKE seal, 80 bytes.
    package let accountSeal: Blob

    /// Opens the DEK and compares it with the signed commitment.
    /// - Throws: `.authenticationFailed`, `.commitmentMismatch`, `.accountMismatch` for another account's keys.
    package func openDEK(with keys: borrowing AccountKeys) throws(EnvelopeError) -> DEK {
        let context = verified.context
        guard keys.accountID == context.accountID else { throw .accountMismatch }
        return try DEK.open(
            accountSeal, with: keys.account, context: context.accountSeal(publicKey: keys.account.publicKey), of: context,
            commitment: verified.commitment)
    }
}

/// Checks what a server answers to an unlock.
package enum KeyVerifier {
    /// The versions of a key that a session needs (pending, active, grace), each checked against the pinned identity.
    /// - Throws: `.malformed` for a revoked key, a version without its seal, two versions with one number or none at all that could be
    ///   used; `.signatureInvalid`, `.signerRefused`.
    package static func verify(
        _ key: KeyMessages.Key, identity: AccountIdentity, writers: TrustedWriters
    ) throws(EnvelopeError) -> [SealedVersion] {
        guard key.revokedAt == nil else { throw .malformed("key \(key.alias) is revoked") }
        guard Set(key.versions.map(\.version)).count == key.versions.count else { throw .malformed("key \(key.alias) has a version twice") }
        var versions: [SealedVersion] = []
        for version in key.versions where version.state != .retired {
            guard let seal = version.accountSeal else { throw .malformed("key \(key.alias) has a version without its seal") }
            let context = try KeyContext(key: key, accountID: identity.accountID, version: version.version)
            let verified = try KeyVersionSignature.verify(
                SignedVersion(version), context: context, identity: identity, writers: writers)
            versions.append(SealedVersion(verified: verified, state: version.state, accountSeal: seal))
        }
        guard !versions.isEmpty else { throw .malformed("key \(key.alias) has no version to use") }
        return versions
    }
}
