import Model
import TacitTesting
import Testing

@testable import Envelope

@Suite("Change signatures")
struct ChangeSignatureTests {
    @Test("do not hold for another operation, revision, body or account")
    func refusesAltered() throws {
        let signature = try sign("revoke_key", 7, "{}")
        let identity = try Fixture.identity()
        #expect(throws: EnvelopeError.signatureInvalid) { try verify(signature, "revoke_kez", 7, "{}", identity) }
        #expect(throws: EnvelopeError.signatureInvalid) { try verify(signature, "revoke_key", 8, "{}", identity) }
        #expect(throws: EnvelopeError.signatureInvalid) { try verify(signature, "revoke_key", 7, "{ }", identity) }
        #expect(throws: EnvelopeError.signatureInvalid) { try verify(signature, "revoke_key", 7, "{}", AccountKeys.make().publicIdentity) }
        #expect(throws: EnvelopeError.self) { try sign("", 7, "{}") }
        try verify(signature, "revoke_key", 7, "{}", identity)
    }

    @Test("are the vector's")
    func matchesVector() throws {
        let vector = try TestVector.load(
            "envelope", prefix: "signature-change", required: ["label", "context", "public-key", "signature"])[0]
        #expect(try sign("revoke_key", 7, "{}").bytes == vector.bytes("signature"))
    }

    @discardableResult
    private func sign(_ operation: String, _ revision: UInt64, _ body: String) throws -> Blob {
        try ChangeSignature.make(operation: operation, revision: revision, body: unsafe Array(body.utf8).span.bytes, keys: Fixture.keys())
    }

    private func verify(_ signature: Blob, _ operation: String, _ revision: UInt64, _ body: String, _ identity: AccountIdentity) throws {
        try ChangeSignature.verify(
            signature, operation: operation, revision: revision, body: unsafe Array(body.utf8).span.bytes, identity: identity)
    }
}
