import Broker
import Envelope
import Model
import Primitives
import SecretMemory
import Store
import Testing

struct CreateSessionTests {
    private struct Prepared {
        let fixture: BrokerFixture
        let owner: TestOwner
        let call: Call
        let list: KeyMessages.List
    }

    private func prepared() async throws -> Prepared {
        let fixture = try await BrokerFixture()
        let owner = try TestOwner()
        try await owner.create(on: fixture)
        let call = try await owner.login(to: fixture)
        try await owner.enroll("openai", on: fixture, as: call)
        try await owner.enroll("other", on: fixture, as: call)
        return Prepared(fixture: fixture, owner: owner, call: call, list: try await fixture.broker.unlock(.init(aliases: []), call: call))
    }

    @Test func refusesACertificateThatSaysAnythingElseThanWasSigned() async throws {
        let p = try await prepared()
        let message = try p.owner.session(p.list, at: p.fixture.clock.seconds).message
        var longer = message
        longer.expiresAt += 60
        var wider = message
        wider.policy.methods = ["GET"]
        var verifier = message
        verifier.verifierDigest = Blob(Random.bytes(32))
        var fewer = message
        fewer.keyIDs.removeLast()
        var later = message
        later.accountRevision += 1
        for altered in [longer, wider, verifier, fewer, later] {
            await expectRefusal(.signatureInvalid) { try await p.fixture.broker.createSession(altered, call: p.call) }
        }
        var id = message
        id.sessionID = try TestOwner.unwrapped(SessionID(bytes: Random.bytes(16)))
        await expectRefusal(.lifetimeRefused) { try await p.fixture.broker.createSession(id, call: p.call) }
        let mallory = try TestOwner("mallory")
        try await mallory.create(on: p.fixture)
        let foreign = try await mallory.login(to: p.fixture)
        await expectRefusal(.lifetimeRefused) { try await p.fixture.broker.createSession(message, call: foreign) }
    }

    @Test func refusesLifetimesAndClocksThatDoNotFit() async throws {
        let p = try await prepared()
        let now = p.fixture.clock.seconds
        #expect(throws: EnvelopeError.self) { try p.owner.session(p.list, at: now, lifetime: 86_401) }
        for (issuedAt, lifetime) in [(now + 301, UInt64(60)), (now - 120, 60), (now - 60, 60)] {
            let message = try p.owner.session(p.list, at: issuedAt, lifetime: lifetime).message
            await expectRefusal(.lifetimeRefused) { try await p.fixture.broker.createSession(message, call: p.call) }
        }
        var lease = SessionPolicy(kind: .lease)
        lease.methods = ["POST"]
        let message = try p.owner.session(p.list, at: now, lifetime: 90 * 86_400, policy: lease).message
        let session = try await p.fixture.broker.createSession(message, call: p.call)
        #expect(session.kind == .lease)
    }

    @Test func refusesEntriesThatDoNotCoverTheKeysExactly() async throws {
        let p = try await prepared()
        let message = try p.owner.session(p.list, at: p.fixture.clock.seconds).message
        var missing = message
        missing.entries.removeLast()
        var twice = message
        twice.entries.append(twice.entries[0])
        var foreign = message
        foreign.entries[0].version = 2
        var short = message
        short.entries[0].entry = Blob([UInt8](repeating: 0, count: 59))
        var label = message
        label.label = "a\u{1b}[31m"
        for altered in [missing, twice, foreign, short, label] {
            await expectRefusal(.malformed) { try await p.fixture.broker.createSession(altered, call: p.call) }
        }
    }

    @Test func refusesKeysOfAnotherAccountAndRevokedOnes() async throws {
        let p = try await prepared()
        let mallory = try TestOwner("mallory")
        try await mallory.create(on: p.fixture)
        let call = try await mallory.login(to: p.fixture)
        try await mallory.enroll("mine", on: p.fixture, as: call)
        let secret = try SessionSecret.make(accountID: mallory.id)
        let certificate = try SessionCertificate(
            accountID: mallory.id, publicKey: secret.publicKey, verifierDigest: secret.verifierDigest,
            keyIDs: p.list.keys.map(\.keyID).sorted(), issuedAt: p.fixture.clock.seconds, expiresAt: p.fixture.clock.seconds + 60,
            policy: SessionPolicy(), accountRevision: 2)
        let stolen = SessionMessages.Create(
            sessionID: certificate.sessionID, label: "", publicKey: certificate.publicKey, verifierDigest: certificate.verifierDigest,
            keyIDs: certificate.keyIDs, issuedAt: certificate.issuedAt, expiresAt: certificate.expiresAt, policy: certificate.policy,
            accountRevision: 2, signature: try certificate.sign(with: mallory.keys), entries: [])
        await expectRefusal(.notFound) { try await p.fixture.broker.createSession(stolen, call: call) }
        _ = try await p.fixture.broker.revokeKey(try TestOwner.unwrapped(Alias("other")), account: nil, call: p.call)
        let revoked = try p.owner.session(p.list, at: p.fixture.clock.seconds, revision: 4).message
        await expectRefusal(.keyRevoked) { try await p.fixture.broker.createSession(revoked, call: p.call) }
    }

    @Test func refusesAStaleRevisionAndASessionTwice() async throws {
        let p = try await prepared()
        let stale = try p.owner.session(p.list, at: p.fixture.clock.seconds, revision: 2).message
        await expectRefusal(.revisionConflict) { try await p.fixture.broker.createSession(stale, call: p.call) }
        let message = try p.owner.session(p.list, at: p.fixture.clock.seconds).message
        _ = try await p.fixture.broker.createSession(message, call: p.call)
        // The revision it was signed for is over: nothing that was signed once is taken twice.
        await expectRefusal(.revisionConflict) { try await p.fixture.broker.createSession(message, call: p.call) }
    }

    @Test func installsASessionWhoseTokenWorksAtOnce() async throws {
        let p = try await prepared()
        let (message, box) = try p.owner.session(p.list, at: p.fixture.clock.seconds)
        let token = try TestOwner.unwrapped(box.take())
        await expectRefusal(.tokenUnknown) { try await p.fixture.broker.authenticate(bearer: token) }
        let before = p.fixture.custody.unwrapped
        let session = try await p.fixture.broker.createSession(message, call: p.call)
        #expect(session.aliases.map(\.text) == ["openai", "other"])
        #expect(try await p.fixture.broker.authenticate(bearer: token) == .session(message.sessionID, p.owner.id))
        #expect(p.fixture.custody.unwrapped == before, "what was just wrapped is not unwrapped again")
        let stored = try await p.fixture.store.entries(of: message.sessionID)
        #expect(stored.count == 2)
        #expect(Set(stored.map(\.wrappedEntry)).isDisjoint(with: message.entries.map(\.entry)))
    }
}
