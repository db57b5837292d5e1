import Model
import Primitives
import TacitTesting
import Testing

@testable import Envelope

@Suite("A new account key")
struct AccountKeyRotationTests {
    @Test(
        "is believed only as its vector says",
        arguments: try TestVector.load(
            "envelope", prefix: "change-account-key-",
            required: [
                "revision", "current-epoch", "epoch", "account-public-key", "key-signature", "slots", "keys", "body", "signature",
            ]))
    func vectors(_ vector: TestVector) throws {
        let slots = try vector.text("slots").split(separator: " ").map { text in
            let parts = text.split(separator: ":")
            return RotationMessages.SlotSeal(slotID: try ChangeVector.id(parts[0]), accountKeySeal: try ChangeVector.blob(parts[1]))
        }
        let keys = try vector.text("keys").split(separator: " ").map { text in
            let parts = text.split(separator: ":")
            return RotationMessages.VersionSeal(
                keyID: try ChangeVector.id(parts[0]), version: try #require(UInt32(parts[1])), accountSeal: try ChangeVector.blob(parts[2]))
        }
        let change = try RotationMessages.AccountKeyChange(
            revision: vector.number("revision"),
            accountKey: AccountMessages.AccountKey(
                epoch: vector.number("epoch"), publicKey: Blob(vector.bytes("account-public-key")),
                signature: Blob(vector.bytes("key-signature"))),
            slots: slots, keys: keys, signature: Blob(vector.bytes("signature")))
        try check(vector) {
            let key = try AccountKeyRotation.verify(
                change, identity: Fixture.identity(), currentEpoch: vector.number("current-epoch"))
            #expect(key.publicKey.bytes == change.accountKey.publicKey.bytes)
            #expect(try AccountKeyRotation.body(change.accountKey, slots: slots, keys: keys) == vector.bytes("body"))
        }
    }

    @Test("is not sealed to slots the identity key did not sign, nor for another account")
    func refusesForeignSlots() throws {
        let account = try Self.account()
        let other = X25519PrivateKey()
        let changes: [(name: String, change: (inout AccountMessages.Account) throws -> Void)] = [
            ("another slot key", { $0.slots[0].publicKey = Blob(other.publicKey.bytes) }),
            (
                "a slot more",
                { $0.slots.append(.init(slotID: Fixture.id(SlotID.self, 9), kind: .passphrase, publicKey: Blob(other.publicKey.bytes))) }
            ),
            ("a slot less", { $0.slots.removeLast() }), ("no slot", { $0.slots = [] }), ("revision", { $0.slotListRevision += 1 }),
            ("signature", { $0.slotListSignature = Blob(Fixture.run(0, 64)) }),
            ("account", { $0.accountID = Fixture.id(AccountID.self, 1) }),
        ]
        for (name, change) in changes {
            var altered = account
            try change(&altered)
            #expect(throws: EnvelopeError.self, "\(name)") {
                _ = try AccountKeyRotation.make(keys: Fixture.keys(), account: altered, versions: [])
            }
        }
        #expect(throws: EnvelopeError.accountMismatch) { _ = try AccountKeyRotation.make(keys: .make(), account: account, versions: []) }
    }

    @Test("is not made where a DEK does not open")
    func refusesBrokenSeals() throws {
        var key = try SealedVersionTests.key()
        key.versions[0].accountSeal = Blob(Fixture.run(0, 80))
        let versions = try KeyVerifier.verify(key, identity: Fixture.identity(), writers: .none)
        #expect(throws: EnvelopeError.authenticationFailed) {
            _ = try AccountKeyRotation.make(keys: Fixture.keys(), account: Self.account(), versions: versions)
        }
    }

    @Test("opens through every slot and opens every DEK; the old one opens none of it")
    func rotates() throws {
        let root = try Self.root()
        let slots = try Self.slots(root)
        let account = try Self.account(slots)
        let versions = try KeyVerifier.verify(SealedVersionTests.key(), identity: Fixture.identity(), writers: .none)
        let change = try AccountKeyRotation.make(keys: Fixture.keys(), account: account, versions: versions)
        #expect(change.revision == account.revision && change.slots.count == 2 && change.keys.count == 1)
        let key = try AccountKeyRotation.verify(change, identity: Fixture.identity(), currentEpoch: 1)
        #expect(throws: EnvelopeError.epochTooLow(seen: 2, offered: 2)) {
            _ = try AccountKeyRotation.verify(change, identity: Fixture.identity(), currentEpoch: 2)
        }

        // What the broker does with it: the record of the slot gets the new seal, the account the new key.
        let seal = try #require(change.slots.first { $0.slotID == root.parameters.slotID }).accountKeySeal
        var slot = slots[0]
        slot.record = try SlotRecord(parsing: slot.record).replacingAccountKey(key, seal: seal).encoded()
        var rotated = account
        rotated.accountKey = change.accountKey
        let opened = try root.open(slot, account: rotated, minimumEpoch: 2)
        #expect(opened.epoch == 2 && opened.account.publicKey == key.publicKey)

        var sealed = try SealedVersionTests.key()
        sealed.versions[0].accountSeal = change.keys[0].accountSeal
        let version = try KeyVerifier.verify(sealed, identity: Fixture.identity(), writers: .none)[0]
        let dek = try version.openDEK(with: opened)
        #expect(dek.withBytes { Fixture.secret(unsafe $0.withUnsafeBytes { unsafe Array($0) }) }.exposed() == Fixture.run(0x80, 32))
        #expect(throws: EnvelopeError.authenticationFailed) { _ = try version.openDEK(with: Fixture.keys()) }
    }

    private static func root() throws -> SlotRoot {
        try SlotRoot(
            accountID: Fixture.identity().accountID, parameters: .make(kind: .passphrase, costs: .standard),
            rawRoot: Fixture.secret(Fixture.run(1, 32)))
    }

    private static func slots(_ root: borrowing SlotRoot) throws -> [AccountMessages.NewSlot] {
        let recovery = try SlotRoot.derive(
            recoveryCode: RecoveryCode(), accountID: root.accountID, parameters: .make(kind: .recoveryCode, costs: .none))
        return [try root.makeSlot(for: Fixture.keys()), try recovery.makeSlot(for: Fixture.keys())]
    }

    private static func account() throws -> AccountMessages.Account { try account(slots(root())) }

    private static func account(_ slots: [AccountMessages.NewSlot]) throws -> AccountMessages.Account {
        let keys = try Fixture.keys()
        let entries = slots.map(\.entry)
        return AccountMessages.Account(
            accountID: keys.accountID, name: try Fixture.required(AccountName("alice")),
            identityPublicKey: Blob(keys.publicIdentity.publicKey.bytes), accountKey: try keys.signAccountKey(), revision: 7,
            slots: entries,
            slotListRevision: 3, slotListSignature: try SlotList.sign(entries, revision: 3, keys: keys), createdAt: 1)
    }
}

/// Values inside the vectors of changes.
enum ChangeVector {
    static func blob(_ text: Substring) throws -> Blob {
        let digits = Array(text)
        return Blob(
            try stride(from: 0, to: digits.count, by: 2).map { index in
                try #require(UInt8(String(digits[index...min(index + 1, digits.count - 1)]), radix: 16))
            })
    }

    static func id<ID: Identifier>(_ text: Substring) throws -> ID {
        try #require(ID(bytes: blob(text).bytes))
    }
}
