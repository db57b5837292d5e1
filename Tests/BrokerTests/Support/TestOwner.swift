import Broker
import Envelope
import Model
import Primitives
import SecretMemory

/// An account's owner on a device: keys, a recovery slot (no slow derivation), and what a client does with them.
final class TestOwner: Sendable {
    let name: AccountName
    let keys: AccountKeys
    let slot: AccountMessages.NewSlot
    fileprivate let root: SlotRoot

    init(_ name: String = "alice") throws {
        let keys = try AccountKeys.make()
        let parameters = try SlotParameters.make(kind: .recoveryCode, costs: .none)
        let root = try SlotRoot.derive(recoveryCode: RecoveryCode(), accountID: keys.accountID, parameters: parameters)
        slot = try root.makeSlot(for: keys)
        self.name = try Self.unwrapped(AccountName(name))
        self.keys = keys
        self.root = root
    }

    var id: AccountID { keys.accountID }

    struct NoValue: Error {}

    static func unwrapped<T: ~Copyable>(_ value: consuming T?) throws -> T {
        guard let value = consume value else { throw NoValue() }
        return value
    }

    func creation(invitation: String? = nil) throws -> AccountMessages.Create {
        try AccountCreation.make(name: name, keys: keys, slots: [slot], invitation: invitation)
    }

    /// Creates the account as the operator does.
    @discardableResult
    func create(on fixture: BrokerFixture) async throws -> AccountMessages.Account {
        try await fixture.broker.createAccount(try creation(), call: BrokerFixture.operatorCall)
    }

    func finish(_ challenge: AccountMessages.LoginChallenge, origin: String = BrokerFixture.origin) throws -> AccountMessages.LoginFinish {
        try LoginSignature.make(challenge: challenge, slotID: slot.parameters.slotID, origin: origin, key: root.loginKey())
    }

    /// Logs in over TCP.
    /// - Returns: the owner's call, by its bearer.
    func login(to fixture: BrokerFixture) async throws -> Call {
        let anonymous = BrokerFixture.anonymousCall
        let challenge = try await fixture.broker.startLogin(.init(name: name), call: anonymous)
        let loggedIn = try await fixture.broker.finishLogin(try finish(challenge), call: anonymous)
        return Call(
            principal: try await fixture.broker.authenticate(bearer: Self.secret(loggedIn.bearer)), peer: anonymous.peer,
            requestID: "request")
    }

    static func secret(_ text: String) -> SecretBytes {
        let bytes = Array(text.utf8)
        return SecretBytes(copying: unsafe bytes.span.bytes)
    }

    /// An enrolment of `value`.
    func enrolment(
        _ alias: String = "openai", value: String = "sk-test-0123456789", revision: UInt64, url: String = "https://api.example.com/v1",
        keyID: KeyID? = nil
    ) throws -> KeyMessages.Enroll {
        let keyID = try keyID ?? Self.unwrapped(KeyID(bytes: Random.bytes(16)))
        let alias = try Self.unwrapped(Alias(alias))
        let destination = try Destination(url: url)
        let injection = Injection.header(name: "authorization", prefix: "Bearer ", suffix: "")
        let context = try KeyContext(
            accountID: id, keyID: keyID, version: 1, alias: alias, destination: destination, injection: injection)
        let accountKey = try VerifiedAccountKey(verifying: keys.signAccountKey(), identity: keys.publicIdentity, minimumEpoch: 1)
        let dek = DEK()
        let bytes = Array(value.utf8)
        let version = try KeyVersionMaker.make(
            value: unsafe bytes.span.bytes, context: context, dek: dek, accountKey: accountKey, signedBy: keys, revision: revision,
            signedAt: 1)
        return KeyMessages.Enroll(
            keyID: keyID, alias: alias, provider: "custom", destination: destination, injection: injection, version: version)
    }

    /// Enrols and answers the new list.
    @discardableResult
    func enroll(_ alias: String = "openai", on fixture: BrokerFixture, as call: Call) async throws -> KeyMessages.List {
        let revision = try await fixture.broker.showAccount(call: call).revision
        return try await fixture.broker.enrollKey(try enrolment(alias, revision: revision), call: call)
    }

    /// A session for everything `list` holds, and its token.
    func session(
        _ list: KeyMessages.List, at time: UInt64, lifetime: UInt64 = 3600, policy: SessionPolicy = SessionPolicy(), revision: UInt64? = nil
    ) throws -> (message: SessionMessages.Create, token: SecretBox) {
        var versions: [SealedVersion] = []
        for key in list.keys { versions += try KeyVerifier.verify(key, identity: keys.publicIdentity, writers: .none) }
        let made = try SessionMaker.make(
            keys: keys, versions: versions, policy: policy, label: "test", issuedAt: time, lifetimeSeconds: lifetime,
            accountRevision: revision ?? list.revision)
        let message = made.message
        return (message, SecretBox(made.takeToken()))
    }

    /// Unlocks everything and installs the session.
    func unlock(on fixture: BrokerFixture, as call: Call) async throws -> (session: SessionMessages.Session, token: SecretBox) {
        let list = try await fixture.broker.unlock(.init(aliases: []), call: call)
        let (message, token) = try session(list, at: fixture.clock.seconds)
        return (try await fixture.broker.createSession(message, call: call), token)
    }
}

extension TestOwner {
    /// Opens the slot as a device does after a login.
    func open(
        _ slot: AccountMessages.NewSlot, account: AccountMessages.Account, minimumEpoch: UInt32
    ) throws -> AccountKeys {
        try root.open(slot, account: account, minimumEpoch: minimumEpoch)
    }
}
