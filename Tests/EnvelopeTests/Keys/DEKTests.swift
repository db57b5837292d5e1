import Model
import Primitives
import SecretMemory
import TacitTesting
import Testing

@testable import Envelope

@Suite("DEKs")
struct DEKTests {
    @Test(
        "come out of exactly their seal",
        arguments: try TestVector.load(
            "envelope", prefix: "dek-seal-", required: ["private-key", "context", "seal", "key-context", "commitment", "dek"]))
    func matchesSealVector(vector: TestVector) throws {
        let key = try X25519PrivateKey(opened: Fixture.secret(vector.bytes("private-key")))
        let keyContext = try keyContext(vector.bytes("key-context"))
        try check(vector) {
            let dek = try DEK.open(
                Blob(vector.bytes("seal")), with: key, context: ContextBytes(parsing: vector.bytes("context"), kind: .dekSeal),
                of: keyContext, commitment: Blob(vector.bytes("commitment")))
            #expect(dek.withBytes { SecretBytes(copying: $0) }.exposed() == (try vector.bytes("dek")))
        }
    }

    @Test(
        "are bound to their version by a commitment",
        arguments: try TestVector.load(
            "envelope", prefix: "commitment", required: ["dek", "context", "commitment"]))
    func matchesCommitmentVector(vector: TestVector) throws {
        let context = try keyContext(vector.bytes("context"))
        try check(vector) {
            try DEK(bytes: Fixture.secret(vector.bytes("dek"))).requireCommitment(Blob(vector.bytes("commitment")), context: context)
        }
    }

    @Test("do not pass for another one")
    func refusesOtherCommitments() throws {
        let context = try Fixture.context()
        let commitment = try Fixture.dek().commitment(context)
        #expect(throws: EnvelopeError.commitmentMismatch) { try DEK().requireCommitment(commitment, context: context) }
        #expect(throws: EnvelopeError.commitmentMismatch) {
            try Fixture.dek().requireCommitment(Blob(Array(commitment.bytes.dropLast())), context: context)
        }
        #expect(throws: EnvelopeError.commitmentMismatch) { try Fixture.dek().requireCommitment(Blob([]), context: context) }
    }

    @Test("are refused where a seal holds another DEK than the version names")
    func refusesSwappedSeal() throws {
        let context = try Fixture.context()
        let keys = try Fixture.keys()
        let foreign = DEK()
        let seal = try foreign.seal(to: Fixture.accountKey(), context: context)
        let commitment = try Fixture.dek().commitment(context)
        #expect(throws: EnvelopeError.commitmentMismatch) {
            _ = try DEK.open(
                seal, with: keys.account, context: context.accountSeal(publicKey: keys.account.publicKey), of: context,
                commitment: commitment)
        }
    }

    @Test("are never sealed to another account, nor to a session that does not name the key")
    func refusesForeignRecipients() throws {
        let dek = DEK()
        let foreign = try Fixture.context(accountID: Fixture.id(AccountID.self, 1))
        #expect(throws: EnvelopeError.accountMismatch) { _ = try dek.seal(to: Fixture.accountKey(), context: foreign) }
        let session = try SessionCertificateTests.verified(keyIDs: [Fixture.keyID])
        #expect(throws: EnvelopeError.accountMismatch) { _ = try dek.seal(to: session, context: foreign) }
        let other = try Fixture.context(keyID: Fixture.id(KeyID.self, 2))
        #expect(throws: EnvelopeError.self) { _ = try dek.seal(to: session, context: other) }
    }

    @Test("go to a live session and come out with its key")
    func sealsToSession() throws {
        let context = try Fixture.context()
        let dek = DEK()
        let session = try SessionCertificateTests.verified(keyIDs: [Fixture.keyID])
        let seal = try dek.seal(to: session, context: context)
        #expect(seal.bytes.count == 80)
        let schedule = try SessionKeySchedule(accountID: context.accountID)
        let secret = Fixture.run(0xa0, 32)
        let prk = try SecretBytes(count: 32) { (out) throws(EnvelopeError) in
            try SessionKeySchedule.extract(secret: unsafe secret.span.bytes, into: &out)
        }
        let key = try prk.withBytes { (prk) throws(EnvelopeError) in try schedule.deriveX25519Key(pseudorandomKey: prk) }
        let sealContext = try context.dekSeal(
            recipientKind: .session, recipientID: Blob(session.certificate.sessionID.bytes),
            recipientPublicKey: session.certificate.publicKey)
        let opened = try DEK.open(seal, with: key, context: sealContext, of: context, commitment: dek.commitment(context))
        #expect(opened.withBytes { SecretBytes(copying: $0) }.exposed() == dek.withBytes { SecretBytes(copying: $0) }.exposed())
    }

    @Test("have 32 bytes and nothing else")
    func refusesLength() {
        for count in [1, 31, 33] {
            #expect(throws: EnvelopeError.self) { _ = try DEK(bytes: Fixture.secret(Fixture.run(0, count))) }
        }
    }

    /// The key context whose commitment context these bytes are.
    private func keyContext(_ bytes: [UInt8]) throws -> KeyContext {
        let reader = try ContextReader(bytes, kind: .dekCommitment)
        let context = try KeyContext(
            accountID: reader.id(.accountID), keyID: reader.id(.keyID), version: reader.integer(.keyVersion),
            alias: #require(Alias(reader.text(.alias))), destination: DestinationCoding.decode(reader.bytes(.destination)),
            injection: InjectionCoding.decode(reader.bytes(.injection)))
        #expect(context.commitment.bytes == bytes)
        return context
    }
}
