import Envelope
import Model
import Primitives
import SecretMemory

/// The client's side of one account: its keys (with a recovery slot, which needs no slow derivation) and what it signs.
final class BenchOwner {
    struct NoValue: Error {}

    /// A session and the token that opens it. The token is a String: this program makes tokens for a benchmark and prints them.
    struct Session {
        let message: SessionMessages.Create
        let token: String
    }

    let keys: AccountKeys
    private let name: AccountName
    private let slot: AccountMessages.NewSlot
    private let keyID: KeyID
    private var context: KeyContext?
    private var versions: [SealedVersion] = []

    init(_ name: String) throws {
        guard let name = AccountName(name), let keyID = KeyID(bytes: Random.bytes(16)) else { throw NoValue() }
        let keys = try AccountKeys.make()
        let parameters = try SlotParameters.make(kind: .recoveryCode, costs: .none)
        let root = try SlotRoot.derive(recoveryCode: RecoveryCode(), accountID: keys.accountID, parameters: parameters)
        slot = try root.makeSlot(for: keys)
        self.name = name
        self.keyID = keyID
        self.keys = keys
    }

    func creation() throws -> AccountMessages.Create {
        try AccountCreation.make(name: name, keys: keys, slots: [slot], invitation: nil)
    }

    /// Enrols `value` as the OpenAI preset does, under the alias `openai`.
    func enrolment(of value: String, at url: String, revision: UInt64) throws -> KeyMessages.Enroll {
        guard let alias = Alias("openai") else { throw NoValue() }
        let destination = try Destination(url: url, allowsPrivateAddresses: true)
        let injection = Injection.header(name: "authorization", prefix: "Bearer ", suffix: "")
        let context = try KeyContext(
            accountID: keys.accountID, keyID: keyID, version: 1, alias: alias, destination: destination, injection: injection)
        let accountKey = try VerifiedAccountKey(verifying: keys.signAccountKey(), identity: keys.publicIdentity, minimumEpoch: 1)
        let bytes = Array(value.utf8)
        let version = try KeyVersionMaker.make(
            value: unsafe bytes.span.bytes, context: context, dek: DEK(), accountKey: accountKey, signedBy: keys, revision: revision,
            signedAt: 1)
        self.context = context
        return KeyMessages.Enroll(
            keyID: keyID, alias: alias, provider: "openai", destination: destination, injection: injection, version: version)
    }

    /// A session for the key of `list`, signed for `revision`.
    func session(
        _ list: KeyMessages.List, revision: UInt64, issuedAt: UInt64, lifetimeSeconds: UInt64
    ) throws -> Session {
        if versions.isEmpty {
            for key in list.keys { versions += try KeyVerifier.verify(key, identity: keys.publicIdentity, writers: .none) }
        }
        let made = try SessionMaker.make(
            keys: keys, versions: versions, policy: SessionPolicy(), label: "bench", issuedAt: issuedAt,
            lifetimeSeconds: lifetimeSeconds, accountRevision: revision)
        let message = made.message
        let token = made.takeToken().withBytes { bytes in
            unsafe bytes.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
        }
        return Session(message: message, token: token)
    }

    /// What the KEK's wrap of the session's entry is bound to.
    func entryContext(for message: SessionMessages.Create) throws -> ContextBytes {
        guard let context else { throw NoValue() }
        let session = try SessionCertificate(accountID: keys.accountID, message: message)
            .verify(signature: message.signature, identity: keys.publicIdentity)
        return try session.entryContext(for: context)
    }
}
