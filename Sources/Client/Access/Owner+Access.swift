import Envelope
import HTTPTransport
package import Model
import Primitives
import SecretMemory

extension Owner {
    /// Makes an access file: a writer key and a token on this device, a certificate signed by the identity key. The broker keeps the
    /// certificate and the token's digest.
    /// - Parameters:
    ///   - aliases: empty for all, those to come included.
    ///   - url: where the job finds the broker; `nil` as this device dialled it.
    /// - Throws: `.refused` (409 `name_taken` among others); `.invalidInput` for a name, rights or a time nobody can sign.
    package func createAccess(
        name: String, rights: [AccessRight], aliases: [Alias], lifetimeSeconds: UInt64, url: String?
    ) async throws(ClientError) -> NewAccess {
        guard let writerID = WriterID(bytes: Random.bytes(16)) else { throw .system("no random bytes") }
        guard !rights.isEmpty else { throw .invalidInput("an access file that may do nothing is of no use: give --can") }
        let writerKey = Ed25519PrivateKey()
        let token: MadeToken
        do { token = try AccessToken.make(writerID: writerID) } catch { throw .untrusted(error, what: "the new token") }
        let digest = token.digest
        let publicKey = Blob(writerKey.publicKey.bytes)
        // A job whose clock is a little behind must be able to sign as well.
        let notBefore = vault.clock() - min(vault.clock(), 300)
        let (expiresAt, overflow) = vault.clock().addingReportingOverflow(lifetimeSeconds)
        guard !overflow else { throw .invalidInput("--ttl is too long") }
        let (certificate, signature) = try await retryingOnConflict { () throws(ClientError) in
            let certificate = WriterCertificate(
                accountID: self.keys.accountID, writerID: writerID, name: name, publicKey: publicKey, rights: WriterRights(rights),
                aliases: aliases, notBefore: notBefore, expiresAt: expiresAt, accountRevision: self.account.revision)
            let signature: Blob
            do { signature = try certificate.sign(with: self.keys) } catch {
                throw .invalidInput("no access file can be made for \(name.debugDescription): \(error)")
            }
            let message = AccessMessages.Create(
                writerID: writerID, name: name, publicKey: publicKey, rights: certificate.rights.names, aliases: certificate.aliases,
                notBefore: notBefore, expiresAt: expiresAt, accountRevision: certificate.accountRevision, signature: signature,
                tokenDigest: digest)
            let answer = try await self.vault.connection.send(
                "POST", "/v1/access", message, bearer: self.bearer, as: AccessMessages.List.self)
            guard let access = answer.access.first, answer.access.count == 1, access.signature == signature,
                WriterCertificate(accountID: self.keys.accountID, listed: access) == certificate
            else { throw .unusableAnswer("the access file came back changed") }
            return (certificate, signature)
        }
        do throws(EnvelopeError) {
            let file = try AccessFile(
                url: url ?? vault.connection.origin.description, accountName: vault.account.name, identity: keys.publicIdentity,
                token: token.takeText(), writerKey: writerKey, certificate: certificate, signature: signature)
            return NewAccess(certificate: certificate, file: try file.encoded())
        } catch {
            // Nobody holds its token.
            _ = try? await OwnerRotation(self).revokeAccess(writerID)
            throw .untrusted(error, what: "the new access file")
        }
    }
}
