import Model
import Primitives

/// A session whose certificate was checked; made by ``SessionCertificate/verify(signature:identity:)`` only.
package struct VerifiedSession: Hashable, Sendable {
    package let certificate: SessionCertificate

    /// Only for `SessionCertificate.verify`.
    init(verified certificate: SessionCertificate) throws(EnvelopeError) {
        _ = try X25519PublicKey(certificate.publicKey)
        self.certificate = certificate
    }

    /// The context of this session's entry for a key version.
    /// - Throws: `.accountMismatch` for a key of another account; `.sessionRefused` for one the certificate does not name.
    package func entryContext(for context: KeyContext) throws(EnvelopeError) -> ContextBytes {
        guard certificate.accountID == context.accountID else { throw .accountMismatch }
        guard certificate.keyIDs.contains(context.keyID) else { throw .sessionRefused("the session does not name the key") }
        return try context.sessionEntry(
            sessionID: certificate.sessionID, expiresAt: certificate.expiresAt, policyDigest: certificate.policyDigest)
    }
}
