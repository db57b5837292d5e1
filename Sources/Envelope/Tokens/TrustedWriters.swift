import Model
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

    /// The key, where its certificate allows this version at this time.
    /// - Throws: `.signerRefused`.
    func key(_ publicKey: Blob, permittedFor context: KeyContext, signedAt: UInt64) throws(EnvelopeError) -> Ed25519PublicKey {
        guard let writer = byKey[publicKey] else { throw .signerRefused("unknown writer") }
        try writer.requirePermission(for: context, signedAt: signedAt)
        return writer.key
    }
}
