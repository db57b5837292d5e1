import Model
import Primitives
import TacitTesting
import Testing

@testable import Envelope

@Suite("Account identity")
struct AccountIdentityTests {
    @Test(
        "has the id that is the hash of its key, and no other",
        arguments: try TestVector.load(
            "envelope", prefix: "account-id", required: ["identity-public-key", "account-id"]))
    func matchesVector(vector: TestVector) throws {
        let accountID = try #require(try AccountID(bytes: vector.bytes("account-id")))
        try check(vector) {
            let identity = try AccountIdentity(accountID: accountID, publicKey: Blob(vector.bytes("identity-public-key")))
            #expect(identity.accountID == accountID)
            #expect(try AccountIdentity(publicKey: Blob(vector.bytes("identity-public-key"))) == identity)
        }
    }

    @Test(
        "is refused for bytes that are no key",
        arguments: [[], [UInt8](repeating: 0, count: 32), [UInt8](repeating: 0xff, count: 32), Fixture.run(0, 31)])
    func refusesBytes(bytes: [UInt8]) {
        #expect(throws: EnvelopeError.self) { _ = try AccountIdentity(publicKey: Blob(bytes)) }
    }

    @Test(
        "signatures hold for exactly their context",
        arguments: try TestVector.load(
            "envelope", prefix: "signature-", required: ["label", "context", "public-key", "signature"]))
    func matchesSignatureVector(vector: TestVector) throws {
        let context = try ContextBytes(parsing: vector.bytes("context"), kind: kind(vector.text("label")))
        let key = try Ed25519PublicKey(Blob(vector.bytes("public-key")))
        try check(vector) { try key.requireSignature(Blob(vector.bytes("signature")), over: context) }
    }

    @Test("signs the bytes the vectors have")
    func signs() throws {
        let keys = try Fixture.keys()
        let vectors = try TestVector.load("envelope", prefix: "signature-", required: ["label", "context", "public-key", "signature"])
        for vector in vectors where vector.expectation == .success && vector.name != "signature-login" {
            let context = try ContextBytes(parsing: vector.bytes("context"), kind: kind(vector.text("label")))
            #expect(keys.identity.sign(context).bytes == (try vector.bytes("signature")), "\(vector)")
        }
        let signed = try keys.signAccountKey()
        let vector = try #require(vectors.first { $0.name == "signature-account-key" })
        #expect(signed.signature.bytes == (try vector.bytes("signature")))
    }
}
