package import Model
import Primitives

/// The writers whose signatures count, by their public key. An empty set refuses every version that a writer signed.
package struct TrustedWriters: Sendable {
    /// Nobody but the identity key.
    package static let none = TrustedWriters([])

    private let byKey: [Blob: VerifiedWriter]

    /// Of two writers with one key the later counts.
    package init(_ writers: [VerifiedWriter]) {
        byKey = Dictionary(writers.map { ($0.certificate.publicKey, $0) }) { $1 }
    }

    /// The writers a server lists, each certificate checked against the pinned identity. That a revoked writer's version was there before
    /// the revocation is the server's word, and the caller's to check.
    /// - Throws: `.signatureInvalid`, `.malformed`.
    package init(verifying listed: [AccessMessages.Access], identity: AccountIdentity) throws(EnvelopeError) {
        var writers: [VerifiedWriter] = []
        for access in listed {
            let certificate = WriterCertificate(accountID: identity.accountID, listed: access)
            writers.append(try certificate.verify(signature: access.signature, identity: identity))
        }
        self.init(writers)
    }

    /// The key, where its certificate allows this version at this time.
    /// - Throws: `.signerRefused`.
    func key(_ publicKey: Blob, permittedFor context: KeyContext, signedAt: UInt64) throws(EnvelopeError) -> Ed25519PublicKey {
        guard let writer = byKey[publicKey] else { throw .signerRefused("unknown writer") }
        try writer.requirePermission(for: context, signedAt: signedAt)
        return writer.key
    }
}
