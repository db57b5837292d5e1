import Envelope
import Model
import Primitives
import SecretMemory
import Sessions
import Testing

@Suite struct GrantKeyTests {
    private func openCode(_ fixture: SessionFixture) -> Refusal.Code? {
        fixture.code { () throws(Refusal) in
            let grant = try fixture.call()
            _ = try fixture.value(of: grant)
        }
    }

    @Test func anAlteredExpiryOpensNothing() throws {
        let fixture = try SessionFixture()
        let record = fixture.session
        let longer = SessionRecord(
            id: record.id, accountID: record.accountID, kind: record.kind, label: record.label, publicKey: record.publicKey,
            verifierDigest: record.verifierDigest, keyIDs: record.keyIDs, issuedAt: record.issuedAt, expiresAt: record.expiresAt + 1,
            policy: record.policy, accountRevision: 1, signature: record.signature, revokedAt: nil)
        fixture.table.remove(account: fixture.accountID)
        fixture.install(session: longer)
        #expect(openCode(fixture) == .integrity)
    }

    @Test func anAlteredPolicyOpensNothing() throws {
        let fixture = try SessionFixture { $0.methods = ["GET", "POST"] }
        let record = fixture.session
        let wider = SessionRecord(
            id: record.id, accountID: record.accountID, kind: record.kind, label: record.label, publicKey: record.publicKey,
            verifierDigest: record.verifierDigest, keyIDs: record.keyIDs, issuedAt: record.issuedAt, expiresAt: record.expiresAt,
            policy: SessionPolicy(), accountRevision: 1, signature: record.signature, revokedAt: nil)
        fixture.table.remove(account: fixture.accountID)
        fixture.install(session: wider)
        #expect(openCode(fixture) == .integrity)
    }

    @Test func anAlteredDestinationOpensNothing() throws {
        let fixture = try SessionFixture()
        let elsewhere = KeyRecord(
            id: fixture.key.id, accountID: fixture.accountID, alias: fixture.key.alias, provider: "openai",
            destination: try Destination(url: "https://evil.example.com"), injection: fixture.key.injection, createdAt: 1, revokedAt: nil)
        fixture.install(key: elsewhere)
        #expect(openCode(fixture) == .integrity)
    }

    @Test func anotherTokenOpensNothing() throws {
        let fixture = try SessionFixture()
        let grant = try fixture.call()
        let other = try SessionFixture()
        #expect(throws: Refusal(.integrity, "")) {
            try unsafe grant.exposeKey(token: other.token.span.bytes, table: fixture.table, slab: fixture.slab) { _ in }
        }
        #expect(fixture.slab.used == 0)
    }

    @Test func theLargestDestinationNeedsNoMoreRoomThanItSays() throws {
        let prefixes = try (0..<7).map { try PathPrefix("/" + String(repeating: "p", count: 1_000) + "\($0)") }
        let fixture = try SessionFixture(destination: try Destination(url: "https://api.example.com", deniedPrefixes: prefixes))
        let size = try DestinationCoding.encode(fixture.key.destination).count
        #expect((7_000...8_192).contains(size))
        let slab = SecretSlab(capacity: SessionFixture.value.count + size + 1_024)
        let grant = try fixture.call()
        let value = try unsafe grant.exposeKey(token: fixture.token.span.bytes, table: fixture.table, slab: slab) { (key) throws(Refusal) in
            copied(key)
        }
        #expect(value == SessionFixture.value)
        #expect(slab.used == 0)
        let narrow = SecretSlab(capacity: SessionFixture.value.count + size)
        #expect(throws: Refusal(.integrity, "")) {
            try unsafe grant.exposeKey(token: fixture.token.span.bytes, table: fixture.table, slab: narrow) { _ in }
        }
        #expect(narrow.used == 0)
    }

    @Test func opensTheKeyWithTheToken() throws {
        let fixture = try SessionFixture()
        let grant = try fixture.call()
        #expect(try fixture.value(of: grant) == SessionFixture.value)
        #expect(grant.key.receipt == Array("openai@1".utf8))
        #expect(fixture.table.drainConvertedEntries().isEmpty)
    }

    @Test func turnsARotationsSealIntoAnEntryOnce() throws {
        let fixture = try SessionFixture(usesSeal: true)
        let first = try fixture.call()
        #expect(try fixture.value(of: first) == SessionFixture.value)
        let converted = fixture.table.drainConvertedEntries()
        #expect(converted.count == 1)
        #expect(converted.first?.entry.bytes.count == 60)
        let second = try fixture.call()
        #expect(try fixture.value(of: second) == SessionFixture.value)
        #expect(fixture.table.drainConvertedEntries().isEmpty)
        let entry = try #require(converted.first)
        fixture.table.install(
            account: fixture.accountID, keys: [LiveKeySource(record: fixture.key, active: fixture.version)],
            sessions: [
                LiveSessionSource(
                    record: fixture.session,
                    entries: [LiveEntrySource(keyID: entry.keyID, version: entry.version, material: .entry(entry.entry))])
            ])
        let third = try fixture.call()
        #expect(try fixture.value(of: third) == SessionFixture.value)
    }

    @Test func revokingAKeyEndsCallsOfTheVersionBeforeToo() throws {
        let fixture = try SessionFixture()
        let old = try fixture.call()
        let next = KeyVersionRecord(
            keyID: fixture.key.id, version: 2, state: .active, ciphertext: fixture.version.ciphertext,
            ciphertextDigest: fixture.version.ciphertextDigest, dekCommitment: fixture.version.dekCommitment,
            signer: fixture.version.signer, signature: fixture.version.signature, signedAt: 1, signedRevision: 2, createdAt: 2)
        fixture.table.install(
            account: fixture.accountID, keys: [LiveKeySource(record: fixture.key, active: next)],
            sessions: [LiveSessionSource(record: fixture.session, entries: fixture.entries)])
        #expect(old.reasonToEnd(now: 0) == nil, "a new version ends no call")
        #expect(try fixture.value(of: old) == SessionFixture.value)
        fixture.table.end(key: fixture.key.id, account: fixture.accountID)
        #expect(old.reasonToEnd(now: 0)?.code == .keyRevoked)
    }

    @Test func aProbeUsesThePendingVersionAndNoOther() throws {
        let fixture = try SessionFixture()
        var pending = fixture.version
        pending.state = .pending
        func install(_ active: KeyVersionRecord?, _ pending: [KeyVersionRecord], probing version: UInt32?) {
            fixture.table.install(
                account: fixture.accountID, keys: [LiveKeySource(record: fixture.key, active: active, pending: pending)],
                sessions: [LiveSessionSource(record: fixture.session, entries: fixture.entries, probeVersion: version)])
        }
        install(nil, [pending], probing: nil)
        #expect(openCode(fixture) == .keyRevoked)
        install(nil, [pending], probing: 2)
        #expect(openCode(fixture) == .keyRevoked)
        install(nil, [pending], probing: 1)
        let grant = try fixture.call()
        #expect(try fixture.value(of: grant) == SessionFixture.value)
        // Active by now: the same version. Another one in its place: not the probe's.
        install(fixture.version, [], probing: 1)
        #expect(openCode(fixture) == nil)
        install(fixture.version, [], probing: 2)
        #expect(openCode(fixture) == .keyRevoked)
        fixture.table.end(key: fixture.key.id, account: fixture.accountID)
        #expect(grant.reasonToEnd(now: 0)?.code == .keyRevoked)
    }

    @Test func aSealOfAnotherKeysDEKOpensNothing() throws {
        let fixture = try SessionFixture(usesSeal: true)
        let other = try SessionFixture(usesSeal: true)
        let foreign = other.entries.map { LiveEntrySource(keyID: fixture.key.id, version: 1, material: $0.material) }
        fixture.table.install(
            account: fixture.accountID, keys: [LiveKeySource(record: fixture.key, active: fixture.version)],
            sessions: [LiveSessionSource(record: fixture.session, entries: foreign)])
        #expect(openCode(fixture) == .integrity)
    }

    @Test func aVersionTheSessionHoldsNoKeyForIsRefused() throws {
        let fixture = try SessionFixture()
        fixture.table.install(
            account: fixture.accountID, keys: [LiveKeySource(record: fixture.key, active: fixture.version)],
            sessions: [LiveSessionSource(record: fixture.session, entries: [])])
        #expect(openCode(fixture) == .keyNotInSession)
    }
}
