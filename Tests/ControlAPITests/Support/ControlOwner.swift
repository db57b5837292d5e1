import Envelope
import Model
import Primitives
import SecretMemory

/// An owner who talks HTTP.
final class ControlOwner: Sendable {
    let name: AccountName
    let keys: AccountKeys
    let slot: AccountMessages.NewSlot
    private let root: SlotRoot

    struct NoValue: Error {}

    init(_ name: String = "alice", passphrase: String? = nil) throws {
        guard let name = AccountName(name) else { throw NoValue() }
        let keys = try AccountKeys.make()
        let root: SlotRoot
        if let passphrase {
            let parameters = try SlotParameters.make(kind: .passphrase, costs: .argon2id(memoryKiB: 65_536, passes: 3))
            let bytes = Array(passphrase.utf8)
            root = try SlotRoot.derive(passphrase: unsafe bytes.span.bytes, accountID: keys.accountID, parameters: parameters)
        } else {
            let parameters = try SlotParameters.make(kind: .recoveryCode, costs: .none)
            root = try SlotRoot.derive(recoveryCode: RecoveryCode(), accountID: keys.accountID, parameters: parameters)
        }
        slot = try root.makeSlot(for: keys)
        self.name = name
        self.keys = keys
        self.root = root
    }

    func creation(invitation: String? = nil) throws -> String {
        try Self.json(creationMessage(invitation: invitation))
    }

    func creationMessage(invitation: String? = nil) throws -> AccountMessages.Create {
        try AccountCreation.make(name: name, keys: keys, slots: [slot], invitation: invitation)
    }

    static func json(_ message: some Encodable) throws -> String { String(decoding: try WireJSON.encode(message), as: UTF8.self) }

    /// Logs in.
    func login(_ client: RawClient, origin: String) async throws -> AccountMessages.LoggedIn {
        let start = try await client.send("POST", "/v1/login/start", json: "{\"name\":\"\(name)\"}")
        let challenge = try start.decoded(AccountMessages.LoginChallenge.self)
        let finish = try LoginSignature.make(challenge: challenge, slotID: slot.parameters.slotID, origin: origin, key: root.loginKey())
        let answer = try await client.send("POST", "/v1/login/finish", json: try Self.json(finish))
        return try answer.decoded(AccountMessages.LoggedIn.self)
    }

    func enrolment(_ alias: String, revision: UInt64, value: String = "sk-test-0123456789") throws -> String {
        try Self.json(enrolmentMessage(alias, revision: revision, value: value))
    }

    func enrolmentMessage(
        _ alias: String, revision: UInt64, value: String = "sk-test-0123456789"
    ) throws -> KeyMessages.Enroll {
        guard let keyID = KeyID(bytes: Random.bytes(16)), let alias = Alias(alias) else { throw NoValue() }
        let destination = try Destination(url: "https://api.example.com/v1")
        let injection = Injection.header(name: "authorization", prefix: "Bearer ", suffix: "")
        let context = try KeyContext(
            accountID: keys.accountID, keyID: keyID, version: 1, alias: alias, destination: destination, injection: injection)
        let accountKey = try VerifiedAccountKey(verifying: keys.signAccountKey(), identity: keys.publicIdentity, minimumEpoch: 1)
        let value = Array(value.utf8)
        let version = try KeyVersionMaker.make(
            value: unsafe value.span.bytes, context: context, dek: DEK(), accountKey: accountKey, signedBy: keys, revision: revision,
            signedAt: 1)
        return KeyMessages.Enroll(
            keyID: keyID, alias: alias, provider: "custom", destination: destination, injection: injection, version: version)
    }

    /// A session for what an unlock answered.
    func session(_ list: KeyMessages.List, at time: UInt64) throws -> (json: String, token: String) {
        var versions: [SealedVersion] = []
        for key in list.keys { versions += try KeyVerifier.verify(key, identity: keys.publicIdentity, writers: .none) }
        let made = try SessionMaker.make(
            keys: keys, versions: versions, policy: SessionPolicy(), label: "test", issuedAt: time, lifetimeSeconds: 600,
            accountRevision: list.revision)
        let json = try Self.json(made.message)
        let token = made.token.withBytes { bytes in unsafe bytes.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) } }
        return (json, token)
    }
}
