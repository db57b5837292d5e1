import Envelope
import Model
import Primitives
import SecretMemory

/// A job with an access file that talks HTTP.
final class ControlJob: Sendable {
    let file: AccessFile
    let message: AccessMessages.Create
    let token: String

    init(of owner: ControlOwner, at time: UInt64, revision: UInt64) throws {
        guard let id = WriterID(bytes: Random.bytes(16)) else { throw ControlOwner.NoValue() }
        let key = Ed25519PrivateKey()
        let made = try AccessToken.make(writerID: id)
        let digest = made.digest
        let text = made.takeText()
        var message = AccessMessages.Create(
            writerID: id, name: "job", publicKey: Blob(key.publicKey.bytes), rights: AccessRight.allCases.sorted(), aliases: [],
            notBefore: time, expiresAt: time + 3600, accountRevision: revision, signature: Blob([]), tokenDigest: digest)
        let certificate = WriterCertificate(accountID: owner.keys.accountID, message: message)
        message.signature = try certificate.sign(with: owner.keys)
        self.message = message
        token = text.withBytes { bytes in unsafe bytes.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) } }
        file = try AccessFile(
            url: "http://127.0.0.1:8700", accountName: owner.name, identity: owner.keys.publicIdentity, token: text, writerKey: key,
            certificate: certificate, signature: message.signature)
    }

    /// A pending value for an account without live sessions.
    func addition(_ recipients: RotationMessages.Recipients, value: String, at time: UInt64) throws -> RotationMessages.AddVersion {
        let context = try KeyContext(
            key: recipients.key, accountID: recipients.account.accountID,
            version: (recipients.key.versions.map(\.version).max() ?? 0) + 1)
        let accountKey = try VerifiedAccountKey(verifying: recipients.account.accountKey, identity: file.identity, minimumEpoch: 1)
        let bytes = Array(value.utf8)
        let version = try KeyVersionMaker.make(
            value: unsafe bytes.span.bytes, context: context, dek: DEK(), accountKey: accountKey, signedBy: file, signedAt: time)
        return RotationMessages.AddVersion(
            keyID: recipients.key.keyID, revision: recipients.revision, version: version, sessionSeals: [], activate: false,
            graceSeconds: 0)
    }
}
