package import Envelope
package import Model

/// Who signed the versions of a key, every signature checked: what a device knows about where the key may go.
package struct VerifiedSigners: Sendable {
    /// The highest version number there is.
    package let highest: UInt32
    /// Where no version carries the identity's signature: the key of the writer that made version 1. One that does vouches for the
    /// destination, the injection and the alias of all, because all versions share them.
    package let unconfirmedWriter: Blob?
    /// When each version was made, as its signer says, by number.
    package let signedAt: [UInt32: UInt64]

    /// - Parameter writers: certificates as the broker lists them.
    /// - Throws: `.untrusted` where one version's signature does not hold for exactly this key, or is by a writer that may not have made
    ///   it: another alias, another right, outside its validity, revoked before.
    package init(of key: KeyMessages.Key, writers: [AccessMessages.Access], identity: AccountIdentity) throws(ClientError) {
        do throws(EnvelopeError) {
            let trusted = try TrustedWriters(verifying: writers, identity: identity)
            let revoked = Dictionary(writers.compactMap { access in access.revokedAt.map { (access.publicKey, $0) } }) { min($0, $1) }
            guard Set(key.versions.map(\.version)).count == key.versions.count, let highest = key.versions.map(\.version).max() else {
                throw EnvelopeError.malformed("key \(key.alias) has a version twice, or none")
            }
            var signedAt: [UInt32: UInt64] = [:]
            for version in key.versions {
                let context = try KeyContext(key: key, accountID: identity.accountID, version: version.version)
                let verified = try KeyVersionSignature.verify(
                    SignedVersion(version), context: context, identity: identity, writers: trusted)
                if let end = revoked[verified.signer.publicKey], verified.signer.kind == .writer, version.createdAt > end {
                    throw EnvelopeError.signerRefused("revoked before")
                }
                signedAt[version.version] = verified.signedAt
            }
            self.highest = highest
            self.signedAt = signedAt
            if key.versions.contains(where: { $0.signer.kind == .identity }) {
                unconfirmedWriter = nil
            } else {
                guard let first = key.versions.first(where: { $0.version == 1 }) else {
                    throw EnvelopeError.signerRefused("nobody vouches for the destination")
                }
                unconfirmedWriter = first.signer.publicKey
            }
        } catch {
            throw .untrusted(error, what: "key \(key.alias)")
        }
    }
}
