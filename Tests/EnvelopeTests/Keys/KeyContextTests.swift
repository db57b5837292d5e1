import Model
import Primitives
import TacitTesting
import Testing

@testable import Envelope

@Suite("Key contexts")
struct KeyContextTests {
    @Test("cannot be made for version 0, an invalid injection or a destination that is too large")
    func refuses() throws {
        #expect(throws: EnvelopeError.self) { _ = try Fixture.context(version: 0) }
        #expect(throws: EnvelopeError.self) { _ = try Fixture.context(injection: .header(name: "host", prefix: "", suffix: "")) }
        let prefixes = try (0..<100).map { try PathPrefix("/" + String(repeating: "a", count: 100) + "\($0)") }
        let large = try Destination(url: "https://a.example", allowedPrefixes: prefixes)
        #expect(throws: EnvelopeError.tooLarge("destination")) { _ = try Fixture.context(destination: large) }
    }

    @Test("refuse recipients and digests of the wrong size")
    func refusesSizes() throws {
        let context = try Fixture.context()
        #expect(throws: EnvelopeError.self) {
            _ = try context.dekSeal(
                recipientKind: .account, recipientID: Blob(Fixture.run(0, 15)), recipientPublicKey: Blob(Fixture.run(0, 32)))
        }
        #expect(throws: EnvelopeError.self) {
            _ = try context.dekSeal(
                recipientKind: .account, recipientID: Blob(Fixture.run(0, 16)), recipientPublicKey: Blob(Fixture.run(0, 33)))
        }
        #expect(throws: EnvelopeError.self) {
            _ = try context.sessionEntry(sessionID: Fixture.id(SessionID.self, 1), expiresAt: 1, policyDigest: Blob([]))
        }
    }

    @Test("differ in all their contexts with every field of the key")
    func everyFieldCounts() throws {
        let contexts = try [Fixture.context()] + Fixture.alteredContexts().map(\.context)
        #expect(Set(contexts.map(\.ciphertext)).count == contexts.count)
        #expect(Set(contexts.map(\.commitment)).count == contexts.count)
    }

    @Test("are the bytes of the vectors")
    func matchesVectors() throws {
        let context = try Fixture.context()
        let keys = try Fixture.keys()
        let secret = try Fixture.sessionSecret()
        let policyDigest = try PolicyCoding.digest(Self.policy())
        let ciphertext = Blob(
            try TestVector.load("envelope", prefix: "key-ciphertext-open", required: ["dek", "context", "ciphertext", "provider-key"])[0]
                .bytes("ciphertext"))
        let made = try [
            "key-ciphertext": context.ciphertext, "dek-commitment": context.commitment,
            "dek-seal": context.accountSeal(publicKey: keys.account.publicKey),
            "session-entry": context.sessionEntry(sessionID: secret.sessionID, expiresAt: Fixture.expiresAt, policyDigest: policyDigest),
            "key-version": context.versionSignature(
                revision: 7, ciphertextDigest: KeyCiphertext.digest(ciphertext), commitment: Fixture.dek().commitment(context),
                signedAt: Fixture.issuedAt - 1_000,
                signer: Signer(kind: .identity, publicKey: Blob(keys.publicIdentity.publicKey.bytes))),
        ]
        for (name, context) in made {
            let vector = try TestVector.load("envelope", prefix: "context-\(name)", required: ["label", "context"])[0]
            #expect(context.bytes == (try vector.bytes("context")), "\(name)")
        }
    }

    static func policy() throws -> SessionPolicy {
        var policy = SessionPolicy()
        policy.methods = ["POST", "GET"]
        policy.paths = [try PathPrefix("/models"), try PathPrefix("/chat/completions")]
        policy.origins = ["https://example.com"]
        policy.maximumRequests = 1000
        policy.rate = 2000
        policy.burst = 10
        policy.maximumConcurrent = 4
        policy.idleSeconds = 900
        return policy
    }
}
