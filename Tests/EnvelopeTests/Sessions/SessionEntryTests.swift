import Model
import TacitTesting
import Testing

@testable import Envelope

@Suite("Session entries")
struct SessionEntryTests {
    @Test(
        "open with exactly their key and context",
        arguments: try TestVector.load("envelope", prefix: "session-entry-", required: ["aead-key", "context", "entry", "dek"]))
    func matchesVector(vector: TestVector) throws {
        try check(vector) {
            let dek = try open(vector.bytes("entry"), key: vector.bytes("aead-key"), context: vector.bytes("context"))
            #expect(dek == (try vector.bytes("dek")))
        }
    }

    @Test("leave nothing behind where they do not open")
    func wipesOnFailure() throws {
        let secret = try Fixture.sessionSecret()
        let context = try context(secret.sessionID)
        let entry = try secret.encryptEntry(Fixture.dek(), context: context)
        for bytes in [entry.bytes, Array(entry.bytes.dropLast())] {
            var out = [UInt8](repeating: 0xff, count: 32)
            #expect(throws: EnvelopeError.self) {
                let key = Fixture.run(1, 32)
                var elements = out.mutableSpan
                var span = unsafe elements.mutableBytes
                try SessionEntry.open(
                    unsafe bytes.span.bytes, aeadKey: unsafe key.span.bytes, context: unsafe context.bytes.span.bytes, into: &span)
            }
            #expect(out == [UInt8](repeating: 0, count: 32))
        }
    }

    @Test("are made for 32 bytes only")
    func refusesLength() throws {
        let context = try context(Fixture.id(SessionID.self, 1))
        #expect(throws: EnvelopeError.self) {
            _ = try SessionEntry.encrypt(
                unsafe Fixture.run(0, 31).span.bytes, aeadKey: unsafe Fixture.run(0, 32).span.bytes, context: context)
        }
        #expect(throws: EnvelopeError.self) {
            _ = try SessionEntry.encrypt(
                unsafe Fixture.run(0, 32).span.bytes, aeadKey: unsafe Fixture.run(0, 31).span.bytes, context: context)
        }
    }

    @Test("have a context that is their key's part and their session's")
    func splitsContext() throws {
        let key = try Fixture.context()
        let digests = try [PolicyCoding.digest(SessionPolicy()), Blob(Fixture.run(3, 32))]
        for (seed, digest) in zip([UInt8(1), 9], digests) {
            let id = Fixture.id(SessionID.self, seed)
            let end = try SessionEntryContextEnd(sessionID: id, expiresAt: Fixture.expiresAt + UInt64(seed), policyDigest: digest)
            let whole = try key.sessionEntry(sessionID: id, expiresAt: Fixture.expiresAt + UInt64(seed), policyDigest: digest)
            #expect(try key.sessionEntryStart() + (0..<SessionEntryContextEnd.count).map { end.bytes[$0] } == whole.bytes)
        }
        #expect(throws: EnvelopeError.self) {
            _ = try SessionEntryContextEnd(
                sessionID: Fixture.id(SessionID.self, 1), expiresAt: 1, policyDigest: Blob(Fixture.run(3, 31)))
        }
    }

    private func context(_ sessionID: SessionID) throws -> ContextBytes {
        try Fixture.context().sessionEntry(
            sessionID: sessionID, expiresAt: Fixture.expiresAt, policyDigest: PolicyCoding.digest(SessionPolicy()))
    }

    private func open(_ entry: [UInt8], key: [UInt8], context: [UInt8]) throws -> [UInt8] {
        var out = [UInt8](repeating: 0, count: 32)
        var elements = out.mutableSpan
        var span = unsafe elements.mutableBytes
        try SessionEntry.open(unsafe entry.span.bytes, aeadKey: unsafe key.span.bytes, context: unsafe context.span.bytes, into: &span)
        return out
    }
}
