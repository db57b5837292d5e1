package import Model
import Primitives

/// Making a value of a provider key, which needs no private key of the account but a signer's; and what a broker checks of it.
package enum KeyVersionMaker {
    /// Encrypts `value` under `dek`, signs the version with the identity key and seals the DEK to the account.
    /// - Parameters:
    ///   - value: the provider key, 1 to 16 384 bytes; the caller's to wipe.
    ///   - dek: fresh, for this version only.
    ///   - accountKey: checked against the pinned identity.
    ///   - revision: the account revision the signer saw.
    /// - Throws: `.accountMismatch` where keys, account key and context belong to different accounts; `.tooLarge`, `.malformed`.
    package static func make(
        value: RawSpan, context: KeyContext, dek: borrowing DEK, accountKey: VerifiedAccountKey, signedBy keys: borrowing AccountKeys,
        revision: UInt64, signedAt: UInt64
    ) throws(EnvelopeError) -> KeyMessages.NewVersion {
        guard keys.accountID == context.accountID else { throw .accountMismatch }
        return try make(
            value: value, context: context, dek: dek, accountKey: accountKey, key: keys.identity, kind: .identity, revision: revision,
            signedAt: signedAt)
    }

    /// The same with an access file's writer key, which covers no revision.
    /// - Throws: also `.signerRefused` where the file's certificate does not allow this alias, this version or this time.
    package static func make(
        value: RawSpan, context: KeyContext, dek: borrowing DEK, accountKey: VerifiedAccountKey, signedBy file: borrowing AccessFile,
        signedAt: UInt64
    ) throws(EnvelopeError) -> KeyMessages.NewVersion {
        guard file.identity.accountID == context.accountID else { throw .accountMismatch }
        try file.writer.requirePermission(for: context, signedAt: signedAt)
        return try make(
            value: value, context: context, dek: dek, accountKey: accountKey, key: file.writerKey, kind: .writer, revision: 0,
            signedAt: signedAt)
    }

    /// What can be proved of a version that a client sends: its sizes, and a signature over its very ciphertext.
    /// - Throws: `.malformed`, `.signatureInvalid`, `.signerRefused`, `.accountMismatch`.
    package static func verify(
        _ version: KeyMessages.NewVersion, context: KeyContext, identity: AccountIdentity, writers: TrustedWriters
    ) throws(EnvelopeError) -> VerifiedVersion {
        guard KeyCiphertext.plaintextCount(of: version.ciphertext.bytes.count) != nil else { throw .malformed("key ciphertext") }
        guard version.accountSeal.bytes.count == Seal.count else { throw .malformed("account seal") }
        return try KeyVersionSignature.verify(SignedVersion(version), context: context, identity: identity, writers: writers)
    }

    private static func make(
        value: RawSpan, context: KeyContext, dek: borrowing DEK, accountKey: VerifiedAccountKey, key: borrowing Ed25519PrivateKey,
        kind: Signer.Kind, revision: UInt64, signedAt: UInt64
    ) throws(EnvelopeError) -> KeyMessages.NewVersion {
        let ciphertext = try dek.encrypt(value, context: context)
        let commitment = try dek.commitment(context)
        let signature = try KeyVersionSignature.make(
            context: context, ciphertextDigest: KeyCiphertext.digest(ciphertext), commitment: commitment, signedAt: signedAt,
            revision: revision, key: key, kind: kind)
        return KeyMessages.NewVersion(
            version: context.version, ciphertext: ciphertext, dekCommitment: commitment,
            signer: Signer(kind: kind, publicKey: Blob(key.publicKey.bytes)), signature: signature, signedAt: signedAt,
            signedRevision: revision, accountSeal: try dek.seal(to: accountKey, context: context))
    }
}
