import Model
import Testing

@testable import Envelope

@Suite("Keys as a server tells them")
struct SealedVersionTests {
    @Test("are refused where the server altered anything")
    func refusesAltered() throws {
        let changes: [(name: String, change: (inout KeyMessages.Key) throws -> Void)] = [
            ("key id", { $0.keyID = Fixture.id(KeyID.self, 2) }), ("alias", { $0.alias = try Fixture.alias("other") }),
            ("destination", { $0.destination = try Fixture.destination("https://attacker.example/v1") }),
            ("injection", { $0.injection = .query(name: "key") }), ("revoked", { $0.revokedAt = 1 }),
            ("version number", { $0.versions[0].version = 2 }), ("digest", { $0.versions[0].ciphertextDigest = Blob(Fixture.run(0, 32)) }),
            ("commitment", { $0.versions[0].dekCommitment = Blob(Fixture.run(0, 32)) }), ("time", { $0.versions[0].signedAt += 1 }),
            ("revision", { $0.versions[0].signedRevision = 0 }), ("no seal", { $0.versions[0].accountSeal = nil }),
            ("twice", { $0.versions.append($0.versions[0]) }), ("none", { $0.versions = [] }),
            ("all retired", { $0.versions[0].state = .retired }),
        ]
        for (name, change) in changes {
            var key = try Self.key()
            try change(&key)
            #expect(throws: EnvelopeError.self, "\(name)") { _ = try KeyVerifier.verify(key, identity: Fixture.identity(), writers: .none) }
        }
    }

    @Test("of another account are refused")
    func refusesOtherAccount() throws {
        let other = try AccountKeys.make()
        #expect(throws: EnvelopeError.self) { _ = try KeyVerifier.verify(Self.key(), identity: other.publicIdentity, writers: .none) }
    }

    @Test("open to the DEK that was sealed, and to nothing with another account's keys or another seal")
    func opens() throws {
        let versions = try KeyVerifier.verify(Self.key(), identity: Fixture.identity(), writers: .none)
        #expect(versions.count == 1)
        let dek = try versions[0].openDEK(with: Fixture.keys())
        #expect(dek.withBytes { Fixture.secret(unsafe $0.withUnsafeBytes { unsafe Array($0) }) }.exposed() == Fixture.run(0x80, 32))
        let other = try AccountKeys.make()
        #expect(throws: EnvelopeError.accountMismatch) { _ = try versions[0].openDEK(with: other) }
        var key = try Self.key()
        key.versions[0].accountSeal = try DEK().seal(to: Fixture.accountKey(), context: Fixture.context())
        let swapped = try KeyVerifier.verify(key, identity: Fixture.identity(), writers: .none)
        #expect(throws: EnvelopeError.commitmentMismatch) { _ = try swapped[0].openDEK(with: Fixture.keys()) }
        key.versions[0].accountSeal = Blob(Fixture.run(0, 80))
        let broken = try KeyVerifier.verify(key, identity: Fixture.identity(), writers: .none)
        #expect(throws: EnvelopeError.authenticationFailed) { _ = try broken[0].openDEK(with: Fixture.keys()) }
    }

    @Test("leave retired versions out")
    func skipsRetired() throws {
        var key = try Self.key()
        var retired = key.versions[0]
        retired.version = 2
        retired.state = .retired
        retired.accountSeal = nil
        key.versions.append(retired)
        #expect(try KeyVerifier.verify(key, identity: Fixture.identity(), writers: .none).map(\.verified.context.version) == [1])
    }

    /// The fixture's key as `POST /v1/unlock` tells it.
    static func key(_ context: KeyContext? = nil) throws -> KeyMessages.Key {
        let context = try context ?? Fixture.context()
        let new = try KeyVersionSignatureTests.version(context)
        let version = KeyMessages.Version(
            version: context.version, state: .active, ciphertextDigest: KeyCiphertext.digest(new.ciphertext),
            dekCommitment: new.dekCommitment,
            signer: new.signer, signature: new.signature, signedAt: new.signedAt, signedRevision: new.signedRevision, createdAt: 1,
            accountSeal: new.accountSeal)
        return KeyMessages.Key(
            keyID: context.keyID, alias: context.alias, provider: "openai", destination: context.destination, injection: context.injection,
            createdAt: 1, revokedAt: nil, versions: [version])
    }
}
