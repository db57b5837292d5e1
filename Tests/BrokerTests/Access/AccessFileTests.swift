import Broker
import Envelope
import Model
import Primitives
import Store
import Testing

struct AccessFileTests {
    private struct Prepared {
        let fixture: BrokerFixture
        let owner: TestOwner
        let call: Call
    }

    /// An account with a key `openai`.
    private func prepared() async throws -> Prepared {
        let fixture = try await BrokerFixture()
        let owner = try TestOwner()
        try await owner.create(on: fixture)
        let call = try await owner.login(to: fixture)
        try await owner.enroll(on: fixture, as: call)
        return Prepared(fixture: fixture, owner: owner, call: call)
    }

    @Test func refusesACertificateThatSaysAnythingElseThanWasSigned() async throws {
        let p = try await prepared()
        let good = try TestWriter(of: p.owner, from: p.fixture.clock.seconds, revision: 2).message
        var wider = try TestWriter(of: p.owner, rights: [.list], from: p.fixture.clock.seconds, revision: 2).message
        wider.rights = [.list, .rotate]
        var longer = good
        longer.expiresAt += 1
        var renamed = good
        renamed.name = "other"
        var limited = good
        limited.aliases = [try TestOwner.unwrapped(Alias("openai"))]
        var replaced = good
        replaced.publicKey = Blob(Ed25519PrivateKey().publicKey.bytes)
        for altered in [wider, longer, renamed, limited, replaced] {
            await expectRefusal(.signatureInvalid) { try await p.fixture.broker.createAccess(altered, call: p.call) }
        }
        let mallory = try TestWriter(of: try TestOwner("mallory"), from: p.fixture.clock.seconds, revision: 2).message
        await expectRefusal(.signatureInvalid) { try await p.fixture.broker.createAccess(mallory, call: p.call) }
        #expect(try await p.fixture.broker.listAccess(account: nil, call: p.call).access.isEmpty)
    }

    @Test func refusesOtherRevisionsFormsAndLifetimes() async throws {
        let p = try await prepared()
        let now = p.fixture.clock.seconds
        for revision in [1, 3] as [UInt64] {
            let message = try TestWriter(of: p.owner, from: now, revision: revision).message
            await expectRefusal(.revisionConflict) { try await p.fixture.broker.createAccess(message, call: p.call) }
        }
        for message in [
            try TestWriter(of: p.owner, from: now, seconds: 367 * 86_400, revision: 2).message,
            try TestWriter(of: p.owner, from: now - 100, seconds: 100, revision: 2).message,
        ] {
            await expectRefusal(.lifetimeRefused) { try await p.fixture.broker.createAccess(message, call: p.call) }
        }
        var none = try TestWriter(of: p.owner, from: now, revision: 2).message
        none.rights = []
        var disordered = none
        disordered.rights = [.rotate, .enroll]
        var digest = try TestWriter(of: p.owner, from: now, revision: 2).message
        digest.tokenDigest = Blob([1])
        for message in [none, disordered, digest] {
            await expectRefusal(.malformed) { try await p.fixture.broker.createAccess(message, call: p.call) }
        }
        let writer = try await p.owner.access(on: p.fixture, as: p.call)
        let second = try TestWriter(of: p.owner, from: now, revision: 3).message
        await expectRefusal(.duplicate) { try await p.fixture.broker.createAccess(second, call: p.call) }
        let job = try await writer.call(to: p.fixture)
        await expectRefusal(.forbidden) { try await p.fixture.broker.createAccess(second, call: job) }
        await expectRefusal(.loginRequired) { try await p.fixture.broker.createAccess(second, call: BrokerFixture.operatorCall) }
    }

    @Test func knowsItsTokensOnly() async throws {
        let p = try await prepared()
        let writer = try await p.owner.access(on: p.fixture, as: p.call)
        let unknown = try TestWriter(of: p.owner, from: p.fixture.clock.seconds, revision: 3)
        await expectRefusal(.tokenUnknown) { try await unknown.call(to: p.fixture) }
        // The right writer id with another secret.
        let forged = try AccessToken.make(writerID: writer.message.writerID)
        await expectRefusal(.tokenUnknown) { try await p.fixture.broker.authenticate(bearer: forged.text) }
        await expectRefusal(.tokenMalformed) { try await p.fixture.broker.authenticate(bearer: TestOwner.secret("tca_short")) }
        let call = try await writer.call(to: p.fixture)
        #expect(call.principal == .access(writer.message.writerID, p.owner.id))
    }

    @Test func endsWithItsValidityAndItsRevocationAtOnce() async throws {
        let p = try await prepared()
        let (short, long) = (
            try await p.owner.access("short", seconds: 60, on: p.fixture, as: p.call),
            try await p.owner.access("long", on: p.fixture, as: p.call)
        )
        let calls = [try await short.call(to: p.fixture), try await long.call(to: p.fixture)]
        p.fixture.clock.advance(seconds: 60)
        await expectRefusal(.accessEnded) { try await short.call(to: p.fixture) }
        // One that was let in before hears it too.
        await expectRefusal(.accessEnded) { try await p.fixture.broker.listKeys(call: calls[0]) }
        _ = try await p.fixture.broker.listKeys(call: calls[1])
        let answer = try await p.fixture.broker.revokeAccess(long.message.writerID, call: calls[1])
        #expect(answer.access.map(\.revokedAt) == [p.fixture.clock.seconds])
        await expectRefusal(.accessEnded) { try await long.call(to: p.fixture) }
        await expectRefusal(.accessEnded) { try await p.fixture.broker.listKeys(call: calls[1]) }
        let again = try await p.fixture.broker.revokeAccess(long.message.writerID, call: p.call)
        #expect(again == answer)
        let unknown = try TestOwner.unwrapped(WriterID(bytes: Random.bytes(16)))
        await expectRefusal(.notFound) { try await p.fixture.broker.revokeAccess(unknown, call: BrokerFixture.operatorCall) }
        let mallory = try TestOwner("mallory")
        try await mallory.create(on: p.fixture)
        let foreign = try await mallory.login(to: p.fixture)
        await expectRefusal(.notFound) { try await p.fixture.broker.revokeAccess(short.message.writerID, call: foreign) }
        #expect(
            try await p.fixture.broker.revokeAccess(short.message.writerID, call: BrokerFixture.operatorCall).access.first?.revokedAt != nil
        )
    }

    @Test func mayDoWhatItsRightsSayAndNothingElse() async throws {
        let p = try await prepared()
        let session = try await p.owner.unlock(on: p.fixture, as: p.call).session
        let alias = try TestOwner.unwrapped(Alias("openai"))
        for right in AccessRight.allCases {
            let writer = try await p.owner.access(right.rawValue, rights: [right], on: p.fixture, as: p.call)
            let call = try await writer.call(to: p.fixture)
            let broker = p.fixture.broker
            let account = try await broker.showAccount(call: call)
            let recipients = try await broker.listRecipients(alias, call: p.call)
            if right != .list {
                await expectRefusal(.forbidden) { try await broker.listKeys(call: call) }
                await expectRefusal(.forbidden) { try await broker.listSessions(account: nil, call: call) }
                await expectRefusal(.forbidden) { try await broker.listAccess(account: nil, call: call) }
            }
            if right != .rotate {
                await expectRefusal(.forbidden) { try await broker.listRecipients(alias, call: call) }
                let message = try p.owner.addition(recipients, value: "sk-new", at: p.fixture.clock.seconds)
                await expectRefusal(.forbidden) { try await broker.rotateKey(message, alias: alias, call: call) }
                await expectRefusal(.forbidden) { try await broker.activateVersion(1, of: alias, graceSeconds: 0, call: call) }
                await expectRefusal(.forbidden) { try await broker.rollBackVersion(1, of: alias, call: call) }
                await expectRefusal(.forbidden) { try await broker.retireVersion(1, of: alias, call: call) }
            }
            if right != .enroll {
                let message = try p.owner.enrolment("another", revision: account.revision)
                await expectRefusal(.forbidden) { try await broker.enrollKey(message, call: call) }
            }
            if right != .revoke {
                await expectRefusal(.forbidden) { try await broker.revokeKey(alias, account: nil, call: call) }
                await expectRefusal(.forbidden) { try await broker.revokeSession(session.sessionID, call: call) }
                await expectRefusal(.forbidden) { try await broker.revokeAccess(writer.message.writerID, call: call) }
            }
        }
        #expect(try await p.fixture.broker.listKeys(call: p.call).keys.map(\.revokedAt) == [nil])
    }

    @Test func aStolenOneReadsNothing() async throws {
        let p = try await prepared()
        let writer = try await p.owner.access(on: p.fixture, as: p.call)
        let call = try await writer.call(to: p.fixture)
        let broker = p.fixture.broker
        let alias = try TestOwner.unwrapped(Alias("openai"))
        let list = try await broker.unlock(.init(aliases: []), call: p.call)
        let session = try p.owner.session(list, at: p.fixture.clock.seconds).message
        await expectRefusal(.forbidden) { try await broker.unlock(.init(aliases: []), call: call) }
        await expectRefusal(.forbidden) { try await broker.createSession(session, call: call) }
        await expectRefusal(.forbidden) { try await broker.exportCiphertexts(alias, call: call) }
        await expectRefusal(.forbidden) { try await broker.lock(call: call) }
        await expectRefusal(.forbidden) { try await broker.logout(call: call) }
        await expectRefusal(.forbidden) { try await broker.showOwnSession(call: call) }
        await expectRefusal(.forbidden) { try await broker.listUsage(since: 0, account: nil, call: call) }
        await expectRefusal(.forbidden) { try await broker.listAudit(last: 10, call: call) }
        await expectRefusal(.forbidden) { try await broker.createInvitation(call: call) }
        await expectRefusal(.forbidden) { try await broker.createAccount(try TestOwner("eve").creation(), call: call) }
        let change = AccountMessages.ReplaceSlots(revision: 3, keep: [], add: [], slotListSignature: Blob([]))
        await expectRefusal(.forbidden) { try await broker.replaceSlots(change, call: call) }
        // What it may see holds no seal and no ciphertext.
        let keys = try await broker.listKeys(call: call).keys + [try await broker.listRecipients(alias, call: call).key]
        #expect(keys.flatMap(\.versions).allSatisfy { $0.accountSeal == nil && $0.ciphertext == nil })
    }

    @Test func staysWithinItsAliases() async throws {
        let p = try await prepared()
        try await p.owner.enroll("other", on: p.fixture, as: p.call)
        let broker = p.fixture.broker
        let both = try await p.owner.unlock(on: p.fixture, as: p.call).session
        let (openai, other) = (try TestOwner.unwrapped(Alias("openai")), try TestOwner.unwrapped(Alias("other")))
        let own = try await broker.unlock(.init(aliases: [openai]), call: p.call)
        let ownSession = try p.owner.session(own, at: p.fixture.clock.seconds).message
        _ = try await broker.createSession(ownSession, call: p.call)
        let writer = try await p.owner.access(aliases: ["new", "openai"], on: p.fixture, as: p.call)
        let call = try await writer.call(to: p.fixture)
        #expect(try await broker.listKeys(call: call).keys.map(\.alias) == [openai])
        #expect(try await broker.listSessions(account: nil, call: call).sessions.map(\.sessionID) == [ownSession.sessionID])
        await expectRefusal(.forbidden) { try await broker.revokeSession(both.sessionID, call: call) }
        await expectRefusal(.forbidden) { try await broker.listRecipients(other, call: call) }
        await expectRefusal(.forbidden) { try await broker.revokeKey(other, account: nil, call: call) }
        let account = try await broker.showAccount(call: call)
        let time = p.fixture.clock.seconds
        #expect(throws: EnvelopeError.self) { try writer.enrolment("elsewhere", account: account, at: time) }
        _ = try await broker.enrollKey(try writer.enrolment("new", account: account, at: time), call: call)
        _ = try await broker.revokeSession(ownSession.sessionID, call: call)
        _ = try await broker.revokeKey(openai, account: nil, call: call)
        await expectRefusal(.forbidden) { try await broker.revokeKey(openai, account: "alice", call: call) }
    }

    @Test func oneForSomeAliasesReachesNoAccessFileForOthers() async throws {
        let p = try await prepared()
        let broker = p.fixture.broker
        let own = try await p.owner.access("own", aliases: ["a", "b"], on: p.fixture, as: p.call)
        let within = try await p.owner.access("within", aliases: ["b"], on: p.fixture, as: p.call)
        let beyond = try await p.owner.access("beyond", aliases: ["b", "c"], on: p.fixture, as: p.call)
        let all = try await p.owner.access("all", on: p.fixture, as: p.call)
        let call = try await own.call(to: p.fixture)
        #expect(Set(try await broker.listAccess(account: nil, call: call).access.map(\.name)) == ["own", "within"])
        for other in [beyond, all] {
            await expectRefusal(.forbidden) { try await broker.revokeAccess(other.message.writerID, call: call) }
        }
        _ = try await broker.revokeAccess(within.message.writerID, call: call)
        _ = try await broker.revokeAccess(own.message.writerID, call: call)
        let unlimited = try await all.call(to: p.fixture)
        #expect(try await broker.listAccess(account: nil, call: unlimited).access.count == 4)
        _ = try await broker.revokeAccess(beyond.message.writerID, call: unlimited)
    }

    @Test func enrolsUnderItsOwnSignatureOnly() async throws {
        let p = try await prepared()
        let broker = p.fixture.broker
        let writer = try await p.owner.access(on: p.fixture, as: p.call)
        let another = try await p.owner.access("another", on: p.fixture, as: p.call)
        let call = try await writer.call(to: p.fixture)
        let account = try await broker.showAccount(call: call)
        let time = p.fixture.clock.seconds
        let byOwner = try p.owner.enrolment("new", revision: account.revision)
        await expectRefusal(.forbidden) { try await broker.enrollKey(byOwner, call: call) }
        let byAnother = try another.enrolment("new", account: account, at: time)
        await expectRefusal(.forbidden) { try await broker.enrollKey(byAnother, call: call) }
        let message = try writer.enrolment("new", account: account, at: time)
        await expectRefusal(.forbidden) { try await broker.enrollKey(message, call: p.call) }
        var redirected = message
        redirected.destination = try Destination(url: "https://evil.example.com/v1")
        await expectRefusal(.signatureInvalid) { try await broker.enrollKey(redirected, call: call) }
        var unsaid = message
        unsaid.accountKeyEpoch = nil
        await expectRefusal(.revisionConflict) { try await broker.enrollKey(unsaid, call: call) }
        unsaid.accountKeyEpoch = 2
        await expectRefusal(.revisionConflict) { try await broker.enrollKey(unsaid, call: call) }
        let future = try writer.enrolment("new", account: account, at: time + 301)
        await expectRefusal(.malformed) { try await broker.enrollKey(future, call: call) }
        let taken = try writer.enrolment("openai", account: account, at: time)
        await expectRefusal(.aliasTaken) { try await broker.enrollKey(taken, call: call) }

        let list = try await broker.enrollKey(message, call: call)
        #expect(list.writers?.map(\.writerID) == [writer.message.writerID])
        // What a client needs to believe it comes with every list that names it.
        let unlocked = try await broker.unlock(.init(aliases: [try TestOwner.unwrapped(Alias("new"))]), call: p.call)
        let writers = try TrustedWriters(verifying: unlocked.writers ?? [], identity: p.owner.keys.publicIdentity)
        let key = try TestOwner.unwrapped(unlocked.keys.first)
        let versions = try KeyVerifier.verify(key, identity: p.owner.keys.publicIdentity, writers: writers)
        _ = try versions[0].openDEK(with: p.owner.keys)
        #expect(try await broker.unlock(.init(aliases: [try TestOwner.unwrapped(Alias("openai"))]), call: p.call).writers == nil)
        #expect(p.fixture.broker.readiness.integrity.isEmpty)
        // A revoked alias stays bound for a writer.
        _ = try await broker.revokeKey(key.alias, account: nil, call: call)
        let again = try writer.enrolment("new", account: account, at: time)
        await expectRefusal(.aliasTaken) { try await broker.enrollKey(again, call: call) }
    }

    @Test func whatARevokedOneWroteBeforeStandsAfterARestart() async throws {
        let p = try await prepared()
        let broker = p.fixture.broker
        let writer = try await p.owner.access(on: p.fixture, as: p.call)
        let call = try await writer.call(to: p.fixture)
        let account = try await broker.showAccount(call: call)
        let message = try writer.enrolment("new", account: account, at: p.fixture.clock.seconds)
        _ = try await broker.enrollKey(message, call: call)
        _ = try await broker.revokeAccess(writer.message.writerID, call: p.call)
        let restarted = try await BrokerFixture(sharing: p.fixture)
        #expect(restarted.broker.readiness.integrity == [])
        let records = try await p.fixture.audited()
        let enrolments = records.filter { $0.action == "enroll_key" && $0.actor == "access:\(writer.message.writerID)" }
        #expect(enrolments.map(\.outcome) == ["ok"])
        #expect(enrolments.map(\.accountID) == [p.owner.id])
        #expect(records.contains { $0.action == "revoke_access" && $0.outcome == "ok" && $0.subject == "\(writer.message.writerID)" })
        #expect(records.contains { $0.action == "create_access" && $0.subject == "job" })
    }
}
