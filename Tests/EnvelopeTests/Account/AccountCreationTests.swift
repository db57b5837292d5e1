import Model
import Primitives
import Testing

@testable import Envelope

@Suite("Creating an account")
struct AccountCreationTests {
    @Test("is refused where anything of the message was altered")
    func refusesAltered() throws {
        let good = try Self.message()
        let other = try AccountKeys.make()
        let changes: [(name: String, change: (inout AccountMessages.Create) throws -> Void)] = [
            ("identity", { $0.identityPublicKey = Blob(other.publicIdentity.publicKey.bytes) }),
            ("account key", { $0.accountKey.publicKey = Blob(other.account.publicKey.bytes) }),
            ("epoch", { $0.accountKey.epoch = 2 }), ("account key signature", { $0.accountKey.signature = Blob(Fixture.run(0, 64)) }),
            ("slot list signature", { $0.slotListSignature = Blob(Fixture.run(0, 64)) }), ("no slots", { $0.slots = [] }),
            ("slot left out", { $0.slots.removeLast() }), ("slot key", { $0.slots[0].publicKey = Blob(other.account.publicKey.bytes) }),
            ("record of another slot", { $0.slots[0].record = $0.slots[1].record }),
            ("record cut", { $0.slots[0].record = Blob($0.slots[0].record.bytes.dropLast()) }),
            (
                "costs",
                {
                    $0.slots[0].parameters = SlotParameters(
                        slotID: $0.slots[0].parameters.slotID, kind: .passphrase, salt: $0.slots[0].parameters.salt,
                        costs: .argon2id(memoryKiB: 1024, passes: 3))
                }
            ),
            (
                "salt",
                {
                    $0.slots[0].parameters = SlotParameters(
                        slotID: $0.slots[0].parameters.slotID, kind: .passphrase, salt: Blob([]), costs: .standard)
                }
            ),
        ]
        for (name, change) in changes {
            var message = good
            try change(&message)
            #expect(throws: EnvelopeError.self, "\(name)") { _ = try AccountCreation.verify(message) }
        }
        #expect(try AccountCreation.verify(good) == Fixture.identity())
    }

    @Test("is refused where a slot holds another account key than the signed one")
    func refusesOtherAccountKeyInSlot() throws {
        var message = try Self.message()
        let newer = try Fixture.keys(epoch: 2)
        message.accountKey = try newer.signAccountKey()
        #expect(throws: EnvelopeError.accountMismatch) { _ = try AccountCreation.verify(message) }
    }

    static func message() throws -> AccountMessages.Create {
        let keys = try Fixture.keys()
        let passphrase = try SlotRoot(
            accountID: keys.accountID, parameters: .make(kind: .passphrase, costs: .standard), rawRoot: Fixture.secret(Fixture.run(1, 32)))
        let recovery = try SlotRoot.derive(
            recoveryCode: RecoveryCode(), accountID: keys.accountID, parameters: .make(kind: .recoveryCode, costs: .none))
        return try AccountCreation.make(
            name: Fixture.required(AccountName("alice")), keys: keys,
            slots: [passphrase.makeSlot(for: keys), recovery.makeSlot(for: keys)],
            invitation: nil)
    }
}
