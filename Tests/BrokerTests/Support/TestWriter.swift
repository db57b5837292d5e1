import Broker
import Envelope
import Model
import Primitives
import SecretMemory

/// A job with an access file.
final class TestWriter: Sendable {
    let file: AccessFile
    let message: AccessMessages.Create
    /// The token's text, a test's own.
    let token: String

    /// Made by the owner for `revision`.
    init(
        of owner: TestOwner, name: String = "job", rights: [AccessRight] = AccessRight.allCases.sorted(), aliases: [String] = [],
        from notBefore: UInt64, seconds: UInt64 = 3600, revision: UInt64
    ) throws {
        let id = try TestOwner.unwrapped(WriterID(bytes: Random.bytes(16)))
        let key = Ed25519PrivateKey()
        let made = try AccessToken.make(writerID: id)
        let digest = made.digest
        let text = made.takeText()
        let message = AccessMessages.Create(
            writerID: id, name: name, publicKey: Blob(key.publicKey.bytes), rights: rights, aliases: aliases.compactMap { Alias($0) },
            notBefore: notBefore, expiresAt: notBefore + seconds, accountRevision: revision, signature: Blob([]), tokenDigest: digest)
        let certificate = WriterCertificate(accountID: owner.id, message: message)
        let signature = try certificate.sign(with: owner.keys)
        self.message = {
            var message = message
            message.signature = signature
            return message
        }()
        token = text.withBytes { bytes in unsafe bytes.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) } }
        file = try AccessFile(
            url: BrokerFixture.origin, accountName: owner.name, identity: owner.keys.publicIdentity, token: text, writerKey: key,
            certificate: certificate, signature: signature)
    }

    /// As a request with the token comes in.
    func call(to fixture: BrokerFixture) async throws -> Call {
        Call(
            principal: try await fixture.broker.authenticate(bearer: TestOwner.secret(token)), peer: BrokerFixture.anonymousCall.peer,
            requestID: "job")
    }

    /// An enrolment signed by the writer.
    func enrolment(
        _ alias: String, value: String = "sk-job-0123456789", account: AccountMessages.Account, at time: UInt64,
        url: String = "https://api.example.com/v1"
    ) throws -> KeyMessages.Enroll {
        let keyID = try TestOwner.unwrapped(KeyID(bytes: Random.bytes(16)))
        let alias = try TestOwner.unwrapped(Alias(alias))
        let destination = try Destination(url: url)
        let injection = Injection.header(name: "authorization", prefix: "Bearer ", suffix: "")
        let context = try KeyContext(
            accountID: account.accountID, keyID: keyID, version: 1, alias: alias, destination: destination, injection: injection)
        let bytes = Array(value.utf8)
        let version = try KeyVersionMaker.make(
            value: unsafe bytes.span.bytes, context: context, dek: DEK(), accountKey: Self.accountKey(account, file.identity),
            signedBy: file, signedAt: time)
        return KeyMessages.Enroll(
            keyID: keyID, alias: alias, provider: "custom", destination: destination, injection: injection, version: version,
            accountKeyEpoch: account.accountKey.epoch)
    }

    /// A further value, signed by the writer and sealed to everybody who is listed.
    func addition(
        _ recipients: RotationMessages.Recipients, value: String, activate: Bool = true, grace: UInt64 = 3600, at time: UInt64
    ) throws -> RotationMessages.AddVersion {
        let context = try TestOwner.nextContext(recipients)
        let dek = DEK()
        let bytes = Array(value.utf8)
        let version = try KeyVersionMaker.make(
            value: unsafe bytes.span.bytes, context: context, dek: dek, accountKey: Self.accountKey(recipients.account, file.identity),
            signedBy: file, signedAt: time)
        return RotationMessages.AddVersion(
            keyID: recipients.key.keyID, revision: recipients.revision, version: version,
            sessionSeals: try TestOwner.seals(dek, to: recipients, context: context, identity: file.identity, at: time),
            activate: activate, graceSeconds: grace)
    }

    static func accountKey(_ account: AccountMessages.Account, _ identity: AccountIdentity) throws -> VerifiedAccountKey {
        try VerifiedAccountKey(verifying: account.accountKey, identity: identity, minimumEpoch: 1)
    }
}

extension TestOwner {
    /// Makes an access file and has it stored.
    func access(
        _ name: String = "job", rights: [AccessRight] = AccessRight.allCases.sorted(), aliases: [String] = [], seconds: UInt64 = 3600,
        on fixture: BrokerFixture, as call: Call
    ) async throws -> TestWriter {
        let revision = try await fixture.broker.showAccount(call: call).revision
        let writer = try TestWriter(
            of: self, name: name, rights: rights, aliases: aliases, from: fixture.clock.seconds, seconds: seconds, revision: revision)
        _ = try await fixture.broker.createAccess(writer.message, call: call)
        return writer
    }

    static func nextContext(_ recipients: RotationMessages.Recipients) throws -> KeyContext {
        try KeyContext(
            key: recipients.key, accountID: recipients.account.accountID,
            version: (recipients.key.versions.map(\.version).max() ?? 0) + 1)
    }

    static func seals(
        _ dek: borrowing DEK, to recipients: RotationMessages.Recipients, context: KeyContext, identity: AccountIdentity, at time: UInt64
    ) throws -> [RotationMessages.SessionSeal] {
        var seals: [RotationMessages.SessionSeal] = []
        for session in try SessionRecipients.verify(recipients.sessions, naming: recipients.key.keyID, identity: identity, now: time) {
            seals.append(
                RotationMessages.SessionSeal(
                    sessionID: session.certificate.sessionID, seal: try dek.seal(to: session, context: context)))
        }
        return seals
    }

    /// A further value, signed by the identity key and sealed to everybody who is listed.
    func addition(
        _ recipients: RotationMessages.Recipients, value: String, activate: Bool = true, grace: UInt64 = 3600, at time: UInt64,
        context given: KeyContext? = nil
    ) throws -> RotationMessages.AddVersion {
        let context = try given ?? Self.nextContext(recipients)
        let dek = DEK()
        let bytes = Array(value.utf8)
        let accountKey = try TestWriter.accountKey(recipients.account, keys.publicIdentity)
        let version = try KeyVersionMaker.make(
            value: unsafe bytes.span.bytes, context: context, dek: dek, accountKey: accountKey, signedBy: keys,
            revision: recipients.revision, signedAt: time)
        return RotationMessages.AddVersion(
            keyID: recipients.key.keyID, revision: recipients.revision, version: version,
            sessionSeals: try Self.seals(dek, to: recipients, context: context, identity: keys.publicIdentity, at: time),
            activate: activate, graceSeconds: grace)
    }

    /// Reads the recipients and rotates.
    @discardableResult
    func rotate(
        _ alias: String = "openai", to value: String, activate: Bool = true, grace: UInt64 = 3600, on fixture: BrokerFixture, as call: Call
    ) async throws -> KeyMessages.List {
        let alias = try Self.unwrapped(Alias(alias))
        let recipients = try await fixture.broker.listRecipients(alias, call: call)
        let message = try addition(recipients, value: value, activate: activate, grace: grace, at: fixture.clock.seconds)
        return try await fixture.broker.rotateKey(message, alias: alias, call: call)
    }

    /// A message of that is as the stored session, and its token's text.
    func unlockText(on fixture: BrokerFixture, as call: Call) async throws -> (session: SessionMessages.Session, token: String) {
        let (session, box) = try await unlock(on: fixture, as: call)
        return (session, try Self.text(box))
    }

    static func text(_ box: SecretBox) throws -> String {
        try unwrapped(box.take()).withBytes { bytes in unsafe bytes.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) } }
    }
}
