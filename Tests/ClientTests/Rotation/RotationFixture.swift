import Envelope
import Model
import Primitives
import SecretMemory
import Testing

@testable import Client

/// An account with one key, one live session and one writer, as a broker that means well would describe them; tests alter the answer.
struct RotationFixture: ~Copyable {
    static let now: UInt64 = 1_700_000_000

    let keys: AccountKeys
    let writerKey: Ed25519PrivateKey
    let certificate: WriterCertificate
    let certificateSignature: Blob
    let keyID: KeyID
    let session: MadeSession
    let answer: RotationMessages.Recipients

    /// - Parameter writerSigned: version 1 is the writer's, so that nobody but it vouches for the destination.
    static func make(writerSigned: Bool = false) throws -> RotationFixture {
        let keys = try AccountKeys.make()
        let writerKey = Ed25519PrivateKey()
        let keyID = try #require(KeyID(bytes: [UInt8](repeating: 7, count: 16)))
        let certificate = WriterCertificate(
            accountID: keys.accountID, writerID: try #require(WriterID(bytes: [UInt8](repeating: 9, count: 16))), name: "nightly",
            publicKey: Blob(writerKey.publicKey.bytes), rights: [.enroll, .rotate], aliases: [], notBefore: now - 3_600,
            expiresAt: now + 3_600, accountRevision: 3)
        let certificateSignature = try certificate.sign(with: keys)
        let accountKey = try VerifiedAccountKey(verifying: keys.signAccountKey(), identity: keys.publicIdentity, minimumEpoch: 1)
        let context = try context(keys.accountID, keyID, version: 1)
        let value = Array("sk-test-value".utf8)
        let dek = DEK()
        let new: KeyMessages.NewVersion
        if writerSigned {
            let made = try file(keys, writerKey, certificate, certificateSignature)
            new = try KeyVersionMaker.make(
                value: unsafe value.span.bytes, context: context, dek: dek, accountKey: accountKey, signedBy: made, signedAt: now - 60)
        } else {
            new = try KeyVersionMaker.make(
                value: unsafe value.span.bytes, context: context, dek: dek, accountKey: accountKey, signedBy: keys, revision: 4,
                signedAt: now - 60)
        }
        let version = KeyMessages.Version(
            version: 1, state: .active, ciphertextDigest: KeyCiphertext.digest(new.ciphertext), dekCommitment: new.dekCommitment,
            signer: new.signer, signature: new.signature, signedAt: new.signedAt, signedRevision: new.signedRevision,
            createdAt: now - 60, accountSeal: new.accountSeal, ciphertext: new.ciphertext)
        let key = KeyMessages.Key(
            keyID: keyID, alias: context.alias, provider: "openai", destination: context.destination, injection: context.injection,
            createdAt: now - 60, revokedAt: nil, versions: [version])
        let access = AccessMessages.Access(
            writerID: certificate.writerID, name: certificate.name, publicKey: certificate.publicKey, rights: certificate.rights.names,
            aliases: [], notBefore: certificate.notBefore, expiresAt: certificate.expiresAt, accountRevision: 3,
            signature: certificateSignature, createdAt: now - 3_600, revokedAt: nil)
        let trusted = try TrustedWriters(verifying: [access], identity: keys.publicIdentity)
        let session = try SessionMaker.make(
            keys: keys, versions: KeyVerifier.verify(key, identity: keys.publicIdentity, writers: trusted), policy: SessionPolicy(),
            label: "test", issuedAt: now - 30, lifetimeSeconds: 3_600, accountRevision: 4)
        let message = session.message
        let account = AccountMessages.Account(
            accountID: keys.accountID, name: try #require(AccountName("alice")),
            identityPublicKey: Blob(keys.publicIdentity.publicKey.bytes), accountKey: try keys.signAccountKey(), revision: 5, slots: [],
            slotListRevision: 0, slotListSignature: Blob([]), createdAt: 1)
        let answer = RotationMessages.Recipients(
            revision: 5, account: account, key: key, writers: [access],
            sessions: [
                RotationMessages.Certificate(
                    sessionID: message.sessionID, publicKey: message.publicKey, verifierDigest: message.verifierDigest,
                    keyIDs: message.keyIDs, issuedAt: message.issuedAt, expiresAt: message.expiresAt, policy: message.policy,
                    accountRevision: message.accountRevision, signature: message.signature)
            ])
        return RotationFixture(
            keys: keys, writerKey: writerKey, certificate: certificate, certificateSignature: certificateSignature, keyID: keyID,
            session: session, answer: answer)
    }

    /// What a client makes of an answer.
    func target(_ answer: RotationMessages.Recipients, minimumEpoch: UInt32 = 1, now: UInt64 = now) throws -> RotationTarget {
        try RotationTarget(
            answer, of: #require(Alias("openai")), identity: keys.publicIdentity, minimumEpoch: minimumEpoch, now: now)
    }

    /// The access file of the writer.
    func file() throws -> AccessFile { try Self.file(keys, writerKey, certificate, certificateSignature) }

    static func context(_ account: AccountID, _ keyID: KeyID, version: UInt32, url: String = "https://api.openai.com") throws -> KeyContext
    {
        try KeyContext(
            accountID: account, keyID: keyID, version: version, alias: #require(Alias("openai")), destination: Destination(url: url),
            injection: .header(name: "authorization", prefix: "Bearer ", suffix: ""))
    }

    private static func file(
        _ keys: borrowing AccountKeys, _ writerKey: borrowing Ed25519PrivateKey, _ certificate: WriterCertificate, _ signature: Blob
    ) throws -> AccessFile {
        let token = try AccessToken.make(writerID: certificate.writerID)
        let seed = writerKey.withSeed { SecretBytes(copying: $0) }
        return try AccessFile(
            url: "https://127.0.0.1:8700", accountName: #require(AccountName("alice")), identity: keys.publicIdentity,
            token: token.takeText(), writerKey: Ed25519PrivateKey(seed: seed), certificate: certificate, signature: signature)
    }
}
