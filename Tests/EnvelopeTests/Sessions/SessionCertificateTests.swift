import Model
import TacitTesting
import Testing

@testable import Envelope

@Suite("Session certificates")
struct SessionCertificateTests {
    @Test("do not hold where anything signed was altered")
    func refusesAltered() throws {
        let made = try SessionMakerTests.made()
        let good = made.message
        let other = try SessionSecret.make(accountID: Fixture.identity().accountID)
        let changes: [(name: String, change: (inout SessionMessages.Create) throws -> Void)] = [
            ("session id", { $0.sessionID = Fixture.id(SessionID.self, 1) }), ("public key", { $0.publicKey = other.publicKey }),
            (
                "public key and id",
                {
                    $0.publicKey = other.publicKey; $0.sessionID = other.sessionID
                }
            ),
            ("verifier", { $0.verifierDigest = other.verifierDigest }), ("verifier length", { $0.verifierDigest = Blob([]) }),
            ("another key", { $0.keyIDs = [Fixture.id(KeyID.self, 1)] }),
            ("a key more", { $0.keyIDs.append(Fixture.id(KeyID.self, 0xf0)) }),
            ("no key", { $0.keyIDs = [] }), ("key twice", { $0.keyIDs += $0.keyIDs }), ("issued", { $0.issuedAt -= 1 }),
            ("expiry", { $0.expiresAt += 1 }), ("far expiry", { $0.expiresAt = .max }),
            ("expired before issue", { $0.expiresAt = $0.issuedAt }),
            ("kind", { $0.policy.kind = .lease }), ("paths", { $0.policy.paths = [try PathPrefix("/files")] }),
            ("requests", { $0.policy.maximumRequests = 1 }), ("minting", { $0.policy.mintingPaths = [try PathPrefix("/keys")] }),
            ("invalid policy", { $0.policy.burst = 1 }), ("revision", { $0.accountRevision += 1 }),
            ("signature", { $0.signature = Blob(Fixture.run(0, 64)) }),
        ]
        for (name, change) in changes {
            var message = good
            try change(&message)
            #expect(throws: EnvelopeError.self, "\(name)") { try verify(message) }
        }
        try verify(good)
    }

    @Test("of another account are refused")
    func refusesOtherAccount() throws {
        let message = try SessionMakerTests.made().message
        let other = try AccountKeys.make()
        #expect(throws: EnvelopeError.self) { _ = try SessionCertificate(accountID: other.accountID, message: message) }
        let certificate = try SessionCertificate(accountID: Fixture.identity().accountID, message: message)
        #expect(throws: EnvelopeError.accountMismatch) {
            _ = try certificate.verify(signature: message.signature, identity: other.publicIdentity)
        }
        #expect(throws: EnvelopeError.accountMismatch) { _ = try certificate.sign(with: other) }
    }

    @Test("last at most 24 hours, a lease's 90 days")
    func lifetimes() throws {
        #expect(throws: EnvelopeError.sessionRefused("lifetime")) { _ = try Self.certificate(lifetime: 86_401) }
        #expect(throws: EnvelopeError.sessionRefused("lifetime")) { _ = try Self.certificate(lifetime: 90 * 86_400 + 1, kind: .lease) }
        #expect(throws: Never.self) { _ = try Self.certificate(lifetime: 86_400) }
        #expect(throws: Never.self) { _ = try Self.certificate(lifetime: 90 * 86_400, kind: .lease) }
    }

    @Test("name 1 to 256 keys, ascending")
    func keyCounts() throws {
        let ids = try (0..<257).map { try Fixture.required(KeyID(bytes: Fixture.run(0, 14) + [UInt8($0 >> 8), UInt8($0 & 255)])) }
        #expect(throws: EnvelopeError.sessionRefused("key ids")) { _ = try Self.certificate(keyIDs: ids) }
        #expect(throws: EnvelopeError.sessionRefused("key ids")) { _ = try Self.certificate(keyIDs: []) }
        #expect(throws: EnvelopeError.sessionRefused("key ids")) { _ = try Self.certificate(keyIDs: ids.prefix(2).reversed()) }
        #expect(throws: Never.self) { _ = try Self.certificate(keyIDs: Array(ids.prefix(256))) }
    }

    @Test("with a session key of small order are refused even when signed")
    func refusesSmallOrder() throws {
        let certificate = try SessionCertificate(
            accountID: Fixture.identity().accountID, publicKey: Blob([UInt8](repeating: 0, count: 32)),
            verifierDigest: Blob(Fixture.run(0, 32)), keyIDs: [Fixture.keyID], issuedAt: 1, expiresAt: 2, policy: SessionPolicy(),
            accountRevision: 7)
        let signature = try certificate.sign(with: Fixture.keys())
        #expect(throws: EnvelopeError.self) { _ = try certificate.verify(signature: signature, identity: Fixture.identity()) }
    }

    @Test("are the vector's bytes and signature")
    func matchesVector() throws {
        let secret = try Fixture.sessionSecret()
        let certificate = try SessionCertificate(
            accountID: secret.accountID, publicKey: secret.publicKey, verifierDigest: secret.verifierDigest, keyIDs: [Fixture.keyID],
            issuedAt: Fixture.issuedAt, expiresAt: Fixture.expiresAt, policy: KeyContextTests.policy(), accountRevision: 7)
        let vector = try #require(
            try TestVector.load("envelope", prefix: "signature-session", required: ["label", "context", "public-key", "signature"]).first {
                $0.name == "signature-session"
            })
        #expect(certificate.context.bytes == (try vector.bytes("context")))
        #expect(try certificate.sign(with: Fixture.keys()).bytes == vector.bytes("signature"))
    }

    @Test("are the same from a message and from the row it became")
    func fromRecord() throws {
        let message = try SessionMakerTests.made().message
        func record(kind: SessionPolicy.Kind, id: SessionID) throws -> SessionRecord {
            SessionRecord(
                id: id, accountID: try Fixture.identity().accountID, kind: kind, label: message.label, publicKey: message.publicKey,
                verifierDigest: message.verifierDigest, keyIDs: message.keyIDs, issuedAt: message.issuedAt, expiresAt: message.expiresAt,
                policy: message.policy, accountRevision: message.accountRevision, signature: message.signature, revokedAt: nil)
        }
        let fromMessage = try SessionCertificate(accountID: Fixture.identity().accountID, message: message)
        #expect(try SessionCertificate(record: record(kind: .interactive, id: message.sessionID)) == fromMessage)
        #expect(throws: EnvelopeError.self) { _ = try SessionCertificate(record: record(kind: .lease, id: message.sessionID)) }
        #expect(throws: EnvelopeError.self) {
            _ = try SessionCertificate(record: record(kind: .interactive, id: Fixture.id(SessionID.self, 1)))
        }
    }

    static func certificate(
        keyIDs: [KeyID] = [Fixture.keyID], lifetime: UInt64 = 3_600, kind: SessionPolicy.Kind = .interactive
    ) throws -> SessionCertificate {
        let secret = try Fixture.sessionSecret()
        return try SessionCertificate(
            accountID: secret.accountID, publicKey: secret.publicKey, verifierDigest: secret.verifierDigest, keyIDs: keyIDs,
            issuedAt: Fixture.issuedAt, expiresAt: Fixture.issuedAt + lifetime, policy: SessionPolicy(kind: kind), accountRevision: 7)
    }

    static func verified(keyIDs: [KeyID]) throws -> VerifiedSession {
        let certificate = try certificate(keyIDs: keyIDs)
        return try certificate.verify(signature: certificate.sign(with: Fixture.keys()), identity: Fixture.identity())
    }

    private func verify(_ message: SessionMessages.Create) throws {
        let certificate = try SessionCertificate(accountID: Fixture.identity().accountID, message: message)
        _ = try certificate.verify(signature: message.signature, identity: Fixture.identity())
    }
}
