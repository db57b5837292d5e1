import Model
import Primitives
import SecretMemory
import TacitTesting
import Testing

@testable import Envelope

@Suite("Session keys")
struct SessionKeyScheduleTests {
    @Test(
        "follow from the secret as the vectors say",
        arguments: try TestVector.load(
            "envelope", prefix: "session-keys",
            required: [
                "account-id", "secret", "verifier", "verifier-digest", "aead-key", "x25519-seed", "public-key", "session-id", "token",
            ]))
    func matchesVector(vector: TestVector) throws {
        let accountID = try #require(try AccountID(bytes: vector.bytes("account-id")))
        let schedule = try SessionKeySchedule(accountID: accountID)
        let prk = try extract(vector.bytes("secret"))
        #expect(try derive(prk, schedule.deriveVerifier) == vector.bytes("verifier"))
        #expect(try derive(prk, schedule.deriveAEADKey) == vector.bytes("aead-key"))
        let key = try schedule.deriveX25519Key(pseudorandomKey: unsafe prk.span.bytes)
        #expect(key.withSeed { SecretBytes(copying: $0) }.exposed() == (try vector.bytes("x25519-seed")))
        #expect(matches(schedule, prk, try vector.bytes("verifier-digest")))

        let secret = try SessionSecret(accountID: accountID, secret: Fixture.secret(vector.bytes("secret")))
        #expect(secret.publicKey.bytes == (try vector.bytes("public-key")))
        #expect(secret.verifierDigest.bytes == (try vector.bytes("verifier-digest")))
        #expect(secret.sessionID.bytes == (try vector.bytes("session-id")))
        #expect(try secret.token().exposed() == Array(vector.text("token").utf8))
    }

    @Test("do not verify with another secret, another account, another digest or a digest of another length")
    func refusesOthers() throws {
        let schedule = try SessionKeySchedule(accountID: Fixture.identity().accountID)
        let digest = try Fixture.sessionSecret().verifierDigest.bytes
        let prk = try extract(Fixture.run(0xa0, 32))
        #expect(matches(schedule, prk, digest))
        #expect(!matches(schedule, try extract(Fixture.run(0xa1, 32)), digest))
        #expect(!matches(try SessionKeySchedule(accountID: Fixture.id(AccountID.self, 1)), prk, digest))
        #expect(!matches(schedule, prk, Fixture.run(0, 32)))
        #expect(!matches(schedule, prk, Array(digest.dropLast())))
        #expect(!matches(schedule, prk, []))
        #expect(!matches(schedule, Array(prk.dropLast()), digest))
    }

    @Test("are refused for secrets and outputs that are not 32 bytes")
    func refusesLengths() throws {
        let schedule = try SessionKeySchedule(accountID: Fixture.identity().accountID)
        for count in [1, 31, 33] {
            #expect(throws: EnvelopeError.self) { _ = try extract(Fixture.run(0, count)) }
            #expect(throws: EnvelopeError.self) {
                _ = try SessionSecret(accountID: Fixture.identity().accountID, secret: Fixture.secret(Fixture.run(0, count)))
            }
            var out = [UInt8](repeating: 0xff, count: count)
            #expect(throws: EnvelopeError.self) {
                let key = Fixture.run(0, 32)
                var elements = out.mutableSpan
                var span = unsafe elements.mutableBytes
                try schedule.deriveAEADKey(pseudorandomKey: unsafe key.span.bytes, into: &span)
            }
            #expect(out == [UInt8](repeating: 0, count: count))
        }
        #expect(throws: EnvelopeError.self) { _ = try derive(Fixture.run(0, 31), schedule.deriveVerifier) }
    }

    @Test("name a session by account and public key")
    func sessionIDs() throws {
        let accountID = try Fixture.identity().accountID
        let key = Blob(Fixture.run(1, 32))
        let id = try SessionID.derive(accountID: accountID, publicKey: key)
        #expect(try SessionID.derive(accountID: Fixture.id(AccountID.self, 1), publicKey: key) != id)
        #expect(try SessionID.derive(accountID: accountID, publicKey: Blob(Fixture.run(2, 32))) != id)
        #expect(throws: EnvelopeError.self) { _ = try SessionID.derive(accountID: accountID, publicKey: Blob(Fixture.run(1, 31))) }
    }

    private func extract(_ secret: [UInt8]) throws -> [UInt8] {
        try derive(secret) { (secret, out) throws(EnvelopeError) in try SessionKeySchedule.extract(secret: secret, into: &out) }
    }

    private func derive(_ key: [UInt8], _ step: (RawSpan, inout MutableRawSpan) throws(EnvelopeError) -> Void) throws -> [UInt8] {
        var out = [UInt8](repeating: 0, count: 32)
        var elements = out.mutableSpan
        var span = unsafe elements.mutableBytes
        try step(unsafe key.span.bytes, &span)
        return out
    }

    private func matches(_ schedule: SessionKeySchedule, _ prk: [UInt8], _ digest: [UInt8]) -> Bool {
        schedule.matches(pseudorandomKey: unsafe prk.span.bytes, verifierDigest: unsafe digest.span.bytes)
    }
}
