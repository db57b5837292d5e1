import Model
import Primitives
import TacitTesting
import Testing

@testable import Envelope

@Suite("A renewed account")
struct AccountRenewalTests {
    @Test(
        "is signed as its vector says",
        arguments: try TestVector.load(
            "envelope", prefix: "change-renewal-", required: ["revision", "identity-public-key", "keys", "body", "signature"]))
    func vectors(_ vector: TestVector) throws {
        let version = try KeyVersionSignatureTests.version()
        let keys = try vector.text("keys").split(separator: " ").map { text in
            let parts = text.split(separator: ":")
            var version = version
            version.ciphertext = try ChangeVector.blob(parts[1])
            return KeyMessages.Enroll(
                keyID: try ChangeVector.id(parts[0]), alias: try Fixture.alias(), provider: "openai",
                destination: try Fixture.destination(),
                injection: Fixture.injection, version: version)
        }
        try check(vector) {
            let body = try AccountRenewal.body(identityPublicKey: Blob(vector.bytes("identity-public-key")), keys: keys)
            try ChangeSignature.verify(
                Blob(vector.bytes("signature")), operation: AccountRenewal.operation, revision: vector.number("revision"),
                body: unsafe body.span.bytes, identity: Fixture.identity())
            #expect(try body == vector.bytes("body"))
        }
    }

    @Test("is refused where anything of the message was altered")
    func refusesAltered() throws {
        let keys = try AccountKeys.make()
        let good = try Self.message(keys)
        let old = try AccountCreationTests.message()
        let oldVersion = try KeyVersionSignatureTests.version()
        let changes: [(name: String, change: (inout RotationMessages.Renewal) throws -> Void)] = [
            ("revision", { $0.revision += 1 }), ("signature", { $0.signature = Blob(Fixture.run(0, 64)) }),
            ("the old account again", { $0.account = old }), ("a key left out", { $0.keys.removeLast() }),
            ("another destination", { $0.keys[0].destination = try Fixture.destination("https://attacker.example/v1") }),
            ("another alias", { $0.keys[0].alias = try Fixture.alias("third") }),
            ("two of one alias", { $0.keys[0].alias = $0.keys[1].alias }),
            ("keys swapped", { $0.keys.swapAt(0, 1) }), ("version 2", { $0.keys[0].version.version = 2 }),
            ("another revision", { $0.keys[0].version.signedRevision = 2 }),
            ("a version of the old account", { $0.keys[0].version = oldVersion }),
            ("another ciphertext", { $0.keys[0].version.ciphertext = $0.keys[1].version.ciphertext }),
            ("slots", { $0.account.slots.removeLast() }),
        ]
        let identity = try Fixture.identity()
        for (name, change) in changes {
            var message = good
            try change(&message)
            #expect(throws: EnvelopeError.self, "\(name)") { _ = try AccountRenewal.verify(message, identity: identity) }
        }
        #expect(throws: EnvelopeError.signatureInvalid) { _ = try AccountRenewal.verify(good, identity: keys.publicIdentity) }
        #expect(try AccountRenewal.verify(good, identity: identity) == keys.publicIdentity)
    }

    private static func message(_ keys: borrowing AccountKeys) throws -> RotationMessages.Renewal {
        let recovery = try SlotRoot.derive(
            recoveryCode: RecoveryCode(), accountID: keys.accountID, parameters: .make(kind: .recoveryCode, costs: .none))
        let second = try SlotRoot.derive(
            recoveryCode: RecoveryCode(), accountID: keys.accountID, parameters: .make(kind: .recoveryCode, costs: .none))
        let account = try AccountCreation.make(
            name: Fixture.required(AccountName("alice")), keys: keys, slots: [recovery.makeSlot(for: keys), second.makeSlot(for: keys)],
            invitation: nil)
        let accountKey = try VerifiedAccountKey(verifying: keys.signAccountKey(), identity: keys.publicIdentity, minimumEpoch: 1)
        let value = Fixture.providerKey
        var enrolments: [KeyMessages.Enroll] = []
        for (start, alias) in [(UInt8(0x41), "second"), (0x31, "first")] {
            let context = try Fixture.context(accountID: keys.accountID, keyID: Fixture.id(KeyID.self, start), alias: alias)
            let version = try KeyVersionMaker.make(
                value: unsafe value.span.bytes, context: context, dek: DEK(), accountKey: accountKey, signedBy: keys,
                revision: AccountRenewal.keyRevision, signedAt: Fixture.issuedAt)
            enrolments.append(
                KeyMessages.Enroll(
                    keyID: context.keyID, alias: context.alias, provider: "openai", destination: context.destination,
                    injection: context.injection, version: version))
        }
        return try AccountRenewal.make(keys: Fixture.keys(), revision: 7, account: account, enrolments: enrolments)
    }
}
