import Model
import Primitives
import Testing

@testable import Envelope

@Suite("The sessions a new version is sealed to")
struct SessionRecipientsTests {
    @Test("are refused where anything of a certificate was altered, one comes twice, or it names another key")
    func refusesAltered() throws {
        let good = try Self.listed()
        let other = try SessionSecret.make(accountID: Fixture.identity().accountID)
        let changes: [(name: String, change: (inout RotationMessages.Certificate) throws -> Void)] = [
            ("public key", { $0.publicKey = other.publicKey }),
            (
                "public key and id",
                {
                    $0.publicKey = other.publicKey
                    $0.sessionID = other.sessionID
                }
            ),
            ("session id", { $0.sessionID = Fixture.id(SessionID.self, 1) }), ("verifier", { $0.verifierDigest = other.verifierDigest }),
            ("expiry", { $0.expiresAt += 60 }), ("issue", { $0.issuedAt -= 1 }),
            ("a key more", { $0.keyIDs.append(Fixture.id(KeyID.self, 0xf0)) }),
            ("policy", { $0.policy.maximumRequests = 99 }), ("kind", { $0.policy.kind = .lease }),
            ("revision", { $0.accountRevision += 1 }),
            ("signature", { $0.signature = Blob(Fixture.run(0, 64)) }),
        ]
        for (name, change) in changes {
            var listed = good
            try change(&listed)
            #expect(throws: EnvelopeError.self, "\(name)") { try Self.verify([listed]) }
        }
        #expect(throws: EnvelopeError.sessionRefused("a session twice")) { try Self.verify([good, good]) }
        #expect(throws: EnvelopeError.sessionRefused("the session does not name the key")) {
            try Self.verify([good], naming: Fixture.id(KeyID.self, 9))
        }
        #expect(try Self.verify([good]).map(\.certificate.sessionID) == [good.sessionID])
    }

    @Test("of another account are refused")
    func refusesOtherAccount() throws {
        let other = try AccountKeys.make()
        let good = try Self.listed()
        #expect(throws: EnvelopeError.self) {
            _ = try SessionRecipients.verify([good], naming: Fixture.keyID, identity: other.publicIdentity, now: Fixture.issuedAt)
        }
    }

    @Test("are left out from the second they expire")
    func leavesOutExpired() throws {
        let good = try Self.listed()
        #expect(try Self.verify([good], now: good.expiresAt - 1).count == 1)
        #expect(try Self.verify([good], now: good.expiresAt).isEmpty)
    }

    @Test("get a DEK that their token opens")
    func seals() throws {
        let session = try #require(try Self.verify([Self.listed()]).first)
        let context = try Fixture.context(version: 2)
        let dek = DEK()
        let seal = try dek.seal(to: session, context: context)
        let commitment = try dek.commitment(context)
        let key = try Fixture.sessionKey()
        let sealContext = try context.sessionSeal(sessionID: session.certificate.sessionID, publicKey: key.publicKey)
        let opened = try DEK.open(seal, with: key, context: sealContext, of: context, commitment: commitment)
        #expect(try opened.commitment(context) == commitment)
        #expect(throws: EnvelopeError.sessionRefused("the session does not name the key")) {
            _ = try DEK().seal(to: session, context: Fixture.context(keyID: Fixture.id(KeyID.self, 9)))
        }
    }

    @discardableResult
    private static func verify(
        _ listed: [RotationMessages.Certificate], naming keyID: KeyID = Fixture.keyID, now: UInt64 = Fixture.issuedAt
    ) throws -> [VerifiedSession] {
        try SessionRecipients.verify(listed, naming: keyID, identity: Fixture.identity(), now: now)
    }

    private static func listed() throws -> RotationMessages.Certificate {
        let made = try SessionMaker.make(
            keys: Fixture.keys(), versions: SessionMakerTests.versions(), policy: SessionPolicy(), label: "test",
            issuedAt: Fixture.issuedAt,
            lifetimeSeconds: 43_200, accountRevision: 7, secret: Fixture.sessionSecret())
        let message = made.message
        return RotationMessages.Certificate(
            sessionID: message.sessionID, publicKey: message.publicKey, verifierDigest: message.verifierDigest, keyIDs: message.keyIDs,
            issuedAt: message.issuedAt, expiresAt: message.expiresAt, policy: message.policy, accountRevision: message.accountRevision,
            signature: message.signature)
    }
}
