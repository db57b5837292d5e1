import Model
import Primitives
import TacitTesting
import Testing

@testable import Envelope

@Suite("Login signatures")
struct LoginSignatureTests {
    @Test("do not hold for another account, slot, origin or nonce, nor with another key")
    func refusesAltered() throws {
        let key = Ed25519PrivateKey()
        let good = try Self.message(key)
        let changes: [(inout AccountMessages.LoginFinish) -> Void] = [
            { $0.accountID = Fixture.id(AccountID.self, 1) }, { $0.slotID = Fixture.id(SlotID.self, 1) }, { $0.origin = "unix" },
            { $0.origin = "https://127.0.0.1:8701" }, { $0.serverNonce = Blob(Fixture.run(1, 32)) },
            { $0.clientNonce = Blob(Fixture.run(1, 32)) },
            { $0.serverNonce = Blob([]) }, { $0.clientNonce = Blob(Fixture.run(1, 33)) }, { $0.signature = Blob([]) }, { $0.origin = "" },
        ]
        for (index, change) in changes.enumerated() {
            var message = good
            change(&message)
            #expect(throws: EnvelopeError.self, "change \(index)") {
                try LoginSignature.verify(message, loginPublicKey: Blob(key.publicKey.bytes))
            }
        }
        #expect(throws: EnvelopeError.signatureInvalid) {
            try LoginSignature.verify(good, loginPublicKey: Blob(Ed25519PrivateKey().publicKey.bytes))
        }
        #expect(throws: EnvelopeError.self) { try LoginSignature.verify(good, loginPublicKey: Blob([])) }
        try LoginSignature.verify(good, loginPublicKey: Blob(key.publicKey.bytes))
    }

    @Test("cover the bytes of the vector, with a fresh client nonce each time")
    func matchesVector() throws {
        let key = try Ed25519PrivateKey(opened: Fixture.secret(Fixture.run(0x24, 32)))
        let vector = try TestVector.load("envelope", prefix: "signature-login", required: ["label", "context", "public-key", "signature"])[
            0]
        let message = try LoginSignature.make(
            challenge: Self.challenge(), slotID: Fixture.slotID, origin: "https://127.0.0.1:8700", key: key,
            clientNonce: Blob(Fixture.run(0x22, 32)))
        #expect(message.signature.bytes == (try vector.bytes("signature")))
        #expect(try Self.message(key).clientNonce != Self.message(key).clientNonce)
    }

    private static func message(_ key: borrowing Ed25519PrivateKey) throws -> AccountMessages.LoginFinish {
        try LoginSignature.make(challenge: challenge(), slotID: Fixture.slotID, origin: "https://127.0.0.1:8700", key: key)
    }

    private static func challenge() throws -> AccountMessages.LoginChallenge {
        try AccountMessages.LoginChallenge(accountID: Fixture.identity().accountID, slots: [], serverNonce: Blob(Fixture.run(0x21, 32)))
    }
}
