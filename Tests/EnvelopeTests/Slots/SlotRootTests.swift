import Model
import Primitives
import SecretMemory
import TacitTesting
import Testing

@testable import Envelope

@Suite("Slots", .serialized)
struct SlotRootTests {
    @Test(
        "open with exactly their secret, parameters and identity",
        arguments: try TestVector.load(
            "envelope", prefix: "slot-",
            required: [
                "account-id", "slot-id", "kind", "salt", "costs", "secret", "identity-public-key", "record", "login-public-key",
                "identity-seed", "account-seed",
            ]))
    func matchesVector(vector: TestVector) throws {
        let accountID = try #require(try AccountID(bytes: vector.bytes("account-id")))
        let parameters = SlotParameters(
            slotID: try #require(try SlotID(bytes: vector.bytes("slot-id"))),
            kind: try #require(try SlotKind(rawValue: vector.number("kind"))),
            salt: Blob(try vector.bytes("salt")), costs: try costs(vector.bytes("costs")))
        try check(vector) {
            let root = try derive(vector.bytes("secret"), accountID: accountID, parameters: parameters)
            let identity = try AccountIdentity(accountID: accountID, publicKey: Blob(vector.bytes("identity-public-key")))
            let record = try SlotRecord(parsing: Blob(vector.bytes("record")))
            let keys = try root.open(record, identity: identity)
            #expect(try root.loginKey().publicKey.bytes == vector.bytes("login-public-key"))
            #expect(record.loginPublicKey.bytes == (try vector.bytes("login-public-key")))
            #expect(keys.identity.withSeed { SecretBytes(copying: $0) }.exposed() == (try vector.bytes("identity-seed")))
            #expect(keys.account.withSeed { SecretBytes(copying: $0) }.exposed() == (try vector.bytes("account-seed")))
            #expect(try record.encoded().bytes == vector.bytes("record"))
        }
    }

    @Test("are refused where the server altered the slot, its record or the account")
    func refusesAltered() throws {
        let keys = try Fixture.keys()
        let other = try AccountKeys.make()
        let root = try Self.root()
        let slot = try root.makeSlot(for: keys)
        let foreign = try Self.root().makeSlot(for: keys)
        let account = try Self.account(keys, [slot])
        typealias Change = (inout AccountMessages.NewSlot, inout AccountMessages.Account) throws -> Void
        let changes: [(name: String, change: Change)] = [
            ("identity", { $1.identityPublicKey = Blob(other.publicIdentity.publicKey.bytes) }),
            ("account id", { $1.accountID = other.accountID }),
            ("account key", { $1.accountKey.publicKey = Blob(other.account.publicKey.bytes) }),
            ("account key signed by another", { $1.accountKey = try other.signAccountKey() }),
            ("newer account key than the slot has", { $1.accountKey = try Fixture.keys(epoch: 2).signAccountKey() }),
            ("slot list", { $1.slots[0].publicKey = foreign.publicKey }), ("slot list revision", { $1.slotListRevision += 1 }),
            ("slot list empty", { $1.slots = [] }), ("slot list signature", { $1.slotListSignature = Blob(Fixture.run(0, 64)) }),
            ("list without the slot", { $1 = try Self.account(Fixture.keys(), [foreign]) }),
            ("record of another slot", { slot, _ in slot.record = foreign.record }),
            ("public key", { slot, _ in slot.publicKey = foreign.publicKey }),
            ("parameters", { slot, _ in slot.parameters = foreign.parameters }),
        ]
        for (name, change) in changes {
            var (slot, account) = (slot, account)
            try change(&slot, &account)
            #expect(throws: EnvelopeError.self, "\(name)") { _ = try root.open(slot, account: account, minimumEpoch: 1) }
        }
        #expect(throws: EnvelopeError.epochTooLow(seen: 2, offered: 1)) { _ = try root.open(slot, account: account, minimumEpoch: 2) }
        #expect(try root.open(slot, account: account, minimumEpoch: 1).publicIdentity == keys.publicIdentity)
    }

    @Test("are refused with an account key that the identity key did not sign, though anybody can seal one to the slot")
    func refusesSealedForeignAccountKey() throws {
        let keys = try Fixture.keys()
        let attacker = X25519PrivateKey()
        let root = try Self.root()
        let slot = try root.makeSlot(for: keys)
        let record = try SlotRecord(parsing: slot.record)
        let contexts = SlotContexts(
            accountID: keys.accountID, parameters: slot.parameters, publicKey: slot.publicKey,
            identityPublicKey: Blob(keys.publicIdentity.publicKey.bytes), epoch: 2, accountPublicKey: Blob(attacker.publicKey.bytes))
        let sealContext = try contexts.accountKeySeal()
        let recipient = try X25519PublicKey(slot.publicKey)
        let forged = SlotRecord(
            publicKey: record.publicKey, epoch: 2, accountPublicKey: Blob(attacker.publicKey.bytes), loginPublicKey: record.loginPublicKey,
            encryptedPrivateKey: record.encryptedPrivateKey, sealedIdentityKey: record.sealedIdentityKey,
            sealedAccountKey: try attacker.withSeed { (seed) throws(EnvelopeError) in
                try Seal.seal(seed, to: recipient, context: sealContext)
            })
        var altered = slot
        altered.record = try forged.encoded()
        let account = try Self.account(keys, [slot])
        #expect(throws: EnvelopeError.accountMismatch) { _ = try root.open(altered, account: account, minimumEpoch: 1) }
        // The forged record does open; only the signature stands in the way.
        #expect(try root.open(forged, identity: keys.publicIdentity).epoch == 2)
    }

    @Test("are refused with a bit of the record turned over")
    func refusesAnyBit() throws {
        let keys = try Fixture.keys()
        let root = try Self.root()
        let slot = try root.makeSlot(for: keys)
        let account = try Self.account(keys, [slot])
        let login = try SlotRecord(parsing: slot.record).loginPublicKey.bytes
        for index in slot.record.bytes.indices {
            var bytes = slot.record.bytes
            bytes[index] ^= 1
            var altered = slot
            altered.record = Blob(bytes)
            guard let record = try? SlotRecord(parsing: altered.record), record.loginPublicKey.bytes == login else { continue }
            #expect(throws: EnvelopeError.self, "byte \(index)") { _ = try root.open(altered, account: account, minimumEpoch: 1) }
        }
    }

    @Test("cannot be made for another account's keys, with costs nobody accepts, or from a secret of another kind")
    func refusesToMake() throws {
        let root = try Self.root()
        #expect(throws: EnvelopeError.accountMismatch) { _ = try root.makeSlot(for: AccountKeys.make()) }
        #expect(throws: EnvelopeError.costsRefused) {
            _ = try SlotParameters.make(kind: .passphrase, costs: .argon2id(memoryKiB: 65_535, passes: 3))
        }
        #expect(throws: EnvelopeError.costsRefused) { _ = try SlotParameters.make(kind: .recoveryCode, costs: .standard) }
        let passphrase = try SlotParameters.make(kind: .passphrase, costs: .standard)
        #expect(throws: EnvelopeError.costsRefused) {
            _ = try SlotRoot.derive(recoveryCode: RecoveryCode(), accountID: Fixture.identity().accountID, parameters: passphrase)
        }
        let recovery = try SlotParameters.make(kind: .recoveryCode, costs: .none)
        #expect(throws: EnvelopeError.costsRefused) {
            _ = try derive(Array("passphrase".utf8), accountID: Fixture.identity().accountID, parameters: recovery, asCode: false)
        }
    }

    static func root() throws -> SlotRoot {
        try SlotRoot(
            accountID: Fixture.identity().accountID, parameters: .make(kind: .passphrase, costs: .standard),
            rawRoot: Fixture.secret(Fixture.run(1, 32)))
    }

    static func account(_ keys: borrowing AccountKeys, _ slots: [AccountMessages.NewSlot]) throws -> AccountMessages.Account {
        AccountMessages.Account(
            accountID: keys.accountID, name: try Fixture.required(AccountName("alice")),
            identityPublicKey: Blob(keys.publicIdentity.publicKey.bytes), accountKey: try keys.signAccountKey(), revision: 5,
            slots: slots.map(\.entry), slotListRevision: 4,
            slotListSignature: try SlotList.sign(slots.map(\.entry), revision: 4, keys: keys),
            createdAt: 1)
    }

    private func derive(_ secret: [UInt8], accountID: AccountID, parameters: SlotParameters, asCode: Bool = true) throws -> SlotRoot {
        if parameters.kind == .recoveryCode && asCode {
            return try SlotRoot.derive(
                recoveryCode: RecoveryCode(reading: unsafe secret.span.bytes), accountID: accountID, parameters: parameters)
        }
        return try SlotRoot.derive(passphrase: unsafe secret.span.bytes, accountID: accountID, parameters: parameters)
    }

    private func costs(_ bytes: [UInt8]) throws -> SlotCosts {
        var reader = ByteReader(bytes, of: "costs")
        switch bytes.count {
        case 0: return .none
        case 4: return .pbkdf2(iterations: try reader.integer())
        default: return .argon2id(memoryKiB: try reader.integer(), passes: try reader.integer())
        }
    }
}
