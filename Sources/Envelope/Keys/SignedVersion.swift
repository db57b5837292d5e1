package import Model

/// The parts of a key version that its signature covers, as some row or message claims them; believed only after
/// ``KeyVersionSignature/verify(_:context:identity:writers:)``.
package struct SignedVersion: Hashable, Sendable {
    /// From 1.
    package let version: UInt32
    /// SHA-256 of the ciphertext, 32 bytes.
    package let ciphertextDigest: Blob
    /// 32 bytes.
    package let commitment: Blob
    package let signer: Signer
    /// 64 bytes.
    package let signature: Blob
    package let signedAt: UInt64
    /// The account revision the signature covers; 0 where a writer signed.
    package let signedRevision: UInt64

    package init(_ version: KeyMessages.Version) {
        self.version = version.version
        ciphertextDigest = version.ciphertextDigest
        commitment = version.dekCommitment
        signer = version.signer
        signature = version.signature
        signedAt = version.signedAt
        signedRevision = version.signedRevision
    }

    /// The digest is taken of the ciphertext in the message.
    package init(_ version: KeyMessages.NewVersion) {
        self.version = version.version
        ciphertextDigest = KeyCiphertext.digest(version.ciphertext)
        commitment = version.dekCommitment
        signer = version.signer
        signature = version.signature
        signedAt = version.signedAt
        signedRevision = version.signedRevision
    }

    package init(_ version: KeyVersionRecord) {
        self.version = version.version
        ciphertextDigest = version.ciphertextDigest
        commitment = version.dekCommitment
        signer = version.signer
        signature = version.signature
        signedAt = version.signedAt
        signedRevision = version.signedRevision
    }
}
