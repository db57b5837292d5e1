import Model
import Primitives
import SecretMemory
import Sessions
import Testing

@Suite struct SessionTableTests {
    @Test func refusesATextThatIsNoToken() throws {
        let fixture = try SessionFixture()
        for text in ["", "tct_", "sk-123", String(repeating: "a", count: 68), "tct_" + String(repeating: "!", count: 64)] {
            #expect(fixture.code { () throws(Refusal) in _ = try fixture.call(token: Array(text.utf8)) } == .tokenMalformed)
        }
    }

    @Test func answersAnUnknownSessionAndAWrongSecretAlike() throws {
        let fixture = try SessionFixture()
        let other = try SessionFixture()
        var wrongSecret = fixture.token
        wrongSecret[40] = wrongSecret[40] == 0x41 ? 0x42 : 0x41
        let unknown = fixture.code { () throws(Refusal) in _ = try fixture.call(token: other.token) }
        let wrong = fixture.code { () throws(Refusal) in _ = try fixture.call(token: wrongSecret) }
        #expect(unknown == .tokenUnknown)
        #expect(wrong == .tokenUnknown)
    }

    @Test func aWrongSecretTouchesNoCounter() throws {
        let fixture = try SessionFixture { $0.maximumRequests = 1 }
        var wrongSecret = fixture.token
        wrongSecret[40] = wrongSecret[40] == 0x41 ? 0x42 : 0x41
        for _ in 0..<5 { _ = fixture.code { () throws(Refusal) in _ = try fixture.call(token: wrongSecret) } }
        #expect(fixture.table.usedRequests(session: fixture.session.id) == 0)
        #expect(fixture.code { () throws(Refusal) in _ = try fixture.call() } == nil)
    }

    @Test func saysThatTheKEKIsAwayWhileNothingIsLoaded() throws {
        let fixture = try SessionFixture()
        let other = try SessionFixture()
        fixture.table.setReady(false)
        #expect(fixture.code { () throws(Refusal) in _ = try fixture.call(token: other.token) } == .kekUnreachable)
        #expect(fixture.code { () throws(Refusal) in _ = try fixture.call() } == nil)
    }

    @Test func refusesAfterExpiry() throws {
        let fixture = try SessionFixture()
        let grant = try fixture.call()
        #expect(grant.reasonToEnd(now: fixture.session.expiresAt - 1) == nil)
        #expect(grant.reasonToEnd(now: fixture.session.expiresAt)?.code == .sessionExpired)
        fixture.clock.advance(milliseconds: 3_600_000)
        #expect(fixture.code { () throws(Refusal) in _ = try fixture.call() } == .sessionExpired)
    }

    @Test func refusesARevokedSessionAndEndsItsCalls() throws {
        let fixture = try SessionFixture()
        let grant = try fixture.call()
        fixture.table.end(session: fixture.session.id)
        #expect(grant.reasonToEnd(now: 1)?.code == .sessionRevoked)
        #expect(fixture.code { () throws(Refusal) in _ = try fixture.call() } == .sessionRevoked)
        var tombstone = fixture.session
        tombstone.revokedAt = 5
        fixture.install(session: tombstone)
        #expect(fixture.code { () throws(Refusal) in _ = try fixture.call() } == .sessionRevoked)
    }

    @Test func aSessionThatVanishedFromTheStoreEndsItsCalls() throws {
        let fixture = try SessionFixture()
        let grant = try fixture.call()
        fixture.install(sessions: false)
        #expect(grant.reasonToEnd(now: 1)?.code == .sessionRevoked)
        #expect(fixture.code { () throws(Refusal) in _ = try fixture.call() } == .sessionRevoked)
    }

    @Test func aRevokedKeyEndsItsCallsAndSaysSo() throws {
        let fixture = try SessionFixture()
        let grant = try fixture.call()
        fixture.table.end(key: fixture.key.id, account: fixture.accountID)
        #expect(grant.reasonToEnd(now: 1)?.code == .keyRevoked)
        #expect(fixture.code { () throws(Refusal) in _ = try fixture.call() } == .keyRevoked)
        var revoked = fixture.key
        revoked.revokedAt = 5
        fixture.install(key: revoked)
        #expect(fixture.code { () throws(Refusal) in _ = try fixture.call() } == .keyRevoked)
    }

    @Test func tellsUnknownAliasesFromKeysThatAreNotInTheSession() throws {
        let fixture = try SessionFixture()
        #expect(fixture.code { () throws(Refusal) in _ = try fixture.call(alias: "nobody") } == .aliasUnknown)
        #expect(fixture.code { () throws(Refusal) in _ = try fixture.call(alias: "") } == .aliasUnknown)
        let second = KeyRecord(
            id: try #require(KeyID(bytes: Random.bytes(16))), accountID: fixture.accountID, alias: try #require(Alias("other")),
            provider: "custom", destination: fixture.key.destination, injection: fixture.key.injection, createdAt: 1, revokedAt: nil)
        fixture.table.install(
            account: fixture.accountID,
            keys: [LiveKeySource(record: fixture.key, active: fixture.version), LiveKeySource(record: second, active: nil)],
            sessions: [LiveSessionSource(record: fixture.session, entries: fixture.entries)])
        #expect(fixture.code { () throws(Refusal) in _ = try fixture.call(alias: "other") } == .keyNotInSession)
    }

    @Test func removingAnAccountRemovesItsSessions() throws {
        let fixture = try SessionFixture()
        let grant = try fixture.call()
        fixture.table.remove(account: fixture.accountID)
        #expect(grant.reasonToEnd(now: 1) != nil)
        #expect(fixture.table.liveCount == 0)
        #expect(fixture.code { () throws(Refusal) in _ = try fixture.call() } == .tokenUnknown)
    }

    @Test func sweepingDropsWhatHasExpiredOnly() throws {
        let fixture = try SessionFixture()
        fixture.table.sweep()
        #expect(fixture.table.liveCount == 1)
        fixture.clock.advance(milliseconds: 3_600_000)
        fixture.table.sweep()
        #expect(fixture.code { () throws(Refusal) in _ = try fixture.call() } == .sessionExpired, "a late call learns why")
        fixture.clock.advance(milliseconds: 86_400_000)
        fixture.table.sweep()
        #expect(fixture.table.liveCount == 0)
    }

    @Test func onlySessionsThatCouldBeUsedAreCounted() throws {
        let fixture = try SessionFixture()
        #expect(fixture.table.usableCount() == 1)
        fixture.clock.advance(milliseconds: 3_600_000)
        #expect(fixture.table.usableCount() == 0, "expired")
        let revoked = try SessionFixture()
        revoked.table.end(session: revoked.session.id)
        #expect(revoked.table.usableCount() == 0, "revoked")
        #expect(revoked.table.liveCount == 1)
    }

    @Test func theControlPlaneLearnsWhoseTokenItIsWithoutCounting() throws {
        let fixture = try SessionFixture { $0.maximumRequests = 1 }
        let found = try unsafe fixture.table.authenticate(token: SecretBytes(copying: fixture.token.span.bytes))
        #expect(found.session == fixture.session.id)
        #expect(found.account == fixture.accountID)
        #expect(fixture.table.usedRequests(session: fixture.session.id) == 0)
        #expect(throws: Refusal(.tokenUnknown, "")) {
            let stranger = try SessionFixture().token
            _ = try unsafe fixture.table.authenticate(token: SecretBytes(copying: stranger.span.bytes))
        }
    }

    @Test func leavesNothingInTheSlab() throws {
        let fixture = try SessionFixture()
        let grant = try fixture.call()
        _ = try fixture.value(of: grant)
        #expect(fixture.slab.used == 0)
    }
}
