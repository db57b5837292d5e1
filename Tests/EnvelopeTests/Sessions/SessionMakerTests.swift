import Model
import SecretMemory
import Testing

@testable import Envelope

@Suite("Making sessions")
struct SessionMakerTests {
    @Test("is refused for no keys, a version twice, a lifetime out of bounds or another account's keys")
    func refuses() throws {
        let versions = try Self.versions()
        #expect(throws: EnvelopeError.sessionRefused("key ids")) { _ = try Self.made([]) }
        #expect(throws: EnvelopeError.sessionRefused("a key version twice")) { _ = try Self.made(versions + versions) }
        for lifetime in [0, 86_401, UInt64.max] {
            #expect(throws: EnvelopeError.sessionRefused("lifetime")) { _ = try Self.made(versions, lifetime: lifetime) }
        }
        let other = try AccountKeys.make()
        #expect(throws: EnvelopeError.accountMismatch) {
            _ = try SessionMaker.make(
                keys: other, versions: versions, policy: SessionPolicy(), label: "test", issuedAt: Fixture.issuedAt, lifetimeSeconds: 60,
                accountRevision: 7)
        }
    }

    @Test("is refused where a seal holds another DEK than the version names")
    func refusesSwappedSeal() throws {
        var key = try SealedVersionTests.key()
        key.versions[0].accountSeal = try DEK().seal(to: Fixture.accountKey(), context: Fixture.context())
        let versions = try KeyVerifier.verify(key, identity: Fixture.identity(), writers: .none)
        #expect(throws: EnvelopeError.commitmentMismatch) { _ = try Self.made(versions) }
    }

    @Test("gives a token from which the broker's path reaches the provider key")
    func reachesTheKey() throws {
        let made = try Self.made()
        let identity = try Fixture.identity()
        let session = try SessionCertificate(accountID: identity.accountID, message: made.message)
            .verify(signature: made.message.signature, identity: identity)
        let context = try Fixture.context()
        let schedule = try SessionKeySchedule(accountID: identity.accountID)

        let raw = SecretBytes(count: SessionToken.rawCount) { out in
            let isToken = made.token.withBytes { SessionToken.parse($0, into: &out) }
            #expect(isToken)
        }
        let prk = try raw.withBytes { (raw) throws(EnvelopeError) in
            try SecretBytes(count: 32) { (out) throws(EnvelopeError) in
                try SessionKeySchedule.extract(secret: raw.extracting(SessionToken.secretRange), into: &out)
            }
        }
        #expect(Array(raw.exposed()[SessionToken.idRange]) == session.certificate.sessionID.bytes)
        let digest = session.certificate.verifierDigest.bytes
        let verifies = prk.withBytes { schedule.matches(pseudorandomKey: $0, verifierDigest: unsafe digest.span.bytes) }
        #expect(verifies)
        let aeadKey = try prk.withBytes { (prk) throws(EnvelopeError) in
            try SecretBytes(count: 32) { (out) throws(EnvelopeError) in try schedule.deriveAEADKey(pseudorandomKey: prk, into: &out) }
        }
        let entry = made.message.entries[0].entry.bytes
        let entryContext = try session.entryContext(for: context).bytes
        let dek = try aeadKey.withBytes { (aeadKey) throws(EnvelopeError) in
            try SecretBytes(count: 32) { (out) throws(EnvelopeError) in
                try SessionEntry.open(
                    unsafe entry.span.bytes, aeadKey: aeadKey, context: unsafe entryContext.span.bytes, into: &out)
            }
        }
        let providerKey = Fixture.providerKey
        let ciphertext = try Fixture.dek().encrypt(unsafe providerKey.span.bytes, context: context).bytes
        let keyContext = context.ciphertext.bytes
        let value = try dek.withBytes { (dek) throws(EnvelopeError) in
            try SecretBytes(count: ciphertext.count - KeyCiphertext.overhead) { (out) throws(EnvelopeError) in
                try KeyCiphertext.open(
                    unsafe ciphertext.span.bytes, dek: dek, context: unsafe keyContext.span.bytes, into: &out)
            }
        }
        #expect(value.exposed() == Fixture.providerKey)
    }

    @Test("names every key once, ascending, with an entry for each version")
    func severalKeys() throws {
        let contexts = try [
            Fixture.context(keyID: Fixture.id(KeyID.self, 9), alias: "b"), Fixture.context(keyID: Fixture.id(KeyID.self, 3), alias: "a"),
            Fixture.context(keyID: Fixture.id(KeyID.self, 3), version: 2, alias: "a"),
        ]
        let versions = try contexts.flatMap {
            try KeyVerifier.verify(SealedVersionTests.key($0), identity: Fixture.identity(), writers: .none)
        }
        let message = try Self.made(versions).message
        #expect(message.keyIDs == [Fixture.id(KeyID.self, 3), Fixture.id(KeyID.self, 9)])
        #expect(message.entries.map(\.version) == [1, 1, 2])
        #expect(message.entries.allSatisfy { $0.entry.bytes.count == SessionEntry.count })
    }

    @Test("never makes the same session twice")
    func sessionsDiffer() throws {
        let first = try Self.made()
        let second = try Self.made()
        #expect(first.message.sessionID != second.message.sessionID)
        #expect(first.token.exposed() != second.token.exposed())
    }

    @Test("has no entry context for a key it does not name, nor for another account's")
    func refusesEntryContexts() throws {
        let session = try SessionCertificateTests.verified(keyIDs: [Fixture.keyID])
        #expect(throws: EnvelopeError.self) { _ = try session.entryContext(for: Fixture.context(keyID: Fixture.id(KeyID.self, 1))) }
        #expect(throws: EnvelopeError.accountMismatch) {
            _ = try session.entryContext(for: Fixture.context(accountID: Fixture.id(AccountID.self, 1)))
        }
    }

    static func versions() throws -> [SealedVersion] {
        try KeyVerifier.verify(SealedVersionTests.key(), identity: Fixture.identity(), writers: .none)
    }

    static func made(_ versions: [SealedVersion]? = nil, lifetime: UInt64 = 43_200) throws -> MadeSession {
        try SessionMaker.make(
            keys: Fixture.keys(), versions: versions ?? Self.versions(), policy: KeyContextTests.policy(), label: "test",
            issuedAt: Fixture.issuedAt, lifetimeSeconds: lifetime, accountRevision: 7)
    }
}
