package import Model
package import Primitives

/// The signature over a key version (`tacit/key-version/v1`): by the identity key or a certified writer key.
package enum KeyVersionSignature {
    /// Signs a version.
    /// - Parameters:
    ///   - revision: the account revision the signer saw; 0 for a writer.
    ///   - key: the identity key or a writer key, as `kind` says.
    /// - Throws: `.signerRefused` where a writer gives a revision; `.malformed` for digests that are not 32 bytes.
    package static func make(
        context: KeyContext, ciphertextDigest: Blob, commitment: Blob, signedAt: UInt64, revision: UInt64,
        key: borrowing Ed25519PrivateKey, kind: Signer.Kind
    ) throws(EnvelopeError) -> Blob {
        guard kind == .identity || revision == 0 else { throw .signerRefused("a writer signs for no revision") }
        let signer = Signer(kind: kind, publicKey: Blob(key.publicKey.bytes))
        return key.sign(
            try context.versionSignature(
                revision: revision, ciphertextDigest: ciphertextDigest, commitment: commitment, signedAt: signedAt, signer: signer))
    }

    /// Checks a version against the pinned identity: an identity signature by that very key, a writer's by one of `writers` that was
    /// allowed to write this alias at the time it names.
    /// - Throws: `.signatureInvalid`, `.signerRefused`, `.malformed`.
    package static func verify(
        _ version: SignedVersion, context: KeyContext, identity: AccountIdentity, writers: TrustedWriters
    ) throws(EnvelopeError) -> VerifiedVersion {
        guard context.accountID == identity.accountID, context.version == version.version else { throw .accountMismatch }
        let key: Ed25519PublicKey
        switch version.signer.kind {
        case .identity:
            guard version.signer.publicKey.bytes == identity.publicKey.bytes else { throw .signerRefused("another identity") }
            key = identity.publicKey
        case .writer:
            guard version.signedRevision == 0 else { throw .signerRefused("a writer signs for no revision") }
            key = try writers.key(version.signer.publicKey, permittedFor: context, signedAt: version.signedAt)
        }
        let signed = try context.versionSignature(
            revision: version.signedRevision, ciphertextDigest: version.ciphertextDigest, commitment: version.commitment,
            signedAt: version.signedAt, signer: version.signer)
        try key.requireSignature(version.signature, over: signed)
        return VerifiedVersion(version, context: context)
    }
}

/// A key version whose signature was checked against the pinned identity; made by ``KeyVersionSignature`` only.
package struct VerifiedVersion: Hashable, Sendable {
    /// What it is bound to.
    package let context: KeyContext
    /// SHA-256 of the ciphertext, 32 bytes.
    package let ciphertextDigest: Blob
    /// What a DEK from a seal is compared with, 32 bytes.
    package let commitment: Blob
    /// Who made it.
    package let signer: Signer
    /// When its signer says it was made.
    package let signedAt: UInt64

    fileprivate init(_ version: SignedVersion, context: KeyContext) {
        self.context = context
        ciphertextDigest = version.ciphertextDigest
        commitment = version.commitment
        signer = version.signer
        signedAt = version.signedAt
    }
}
