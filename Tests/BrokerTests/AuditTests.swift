import Broker
import Model
import Testing

struct AuditTests {
    @Test func writesWhatSomebodyKnownDoesAndIsRefused() async throws {
        let fixture = try await BrokerFixture()
        let owner = try TestOwner()
        try await owner.create(on: fixture)
        let call = try await owner.login(to: fixture)
        await expectRefusal(.revisionConflict) { try await fixture.broker.enrollKey(try owner.enrolment(revision: 9), call: call) }
        try await owner.enroll(on: fixture, as: call)
        let records = try await fixture.audited()
        #expect(records.map(\.action) == ["create_account", "finish_login", "enroll_key", "show_account", "enroll_key"])
        #expect(records.map(\.outcome) == ["ok", "ok", "revision_conflict", "ok", "ok"])
        #expect(records.map(\.actor) == ["operator"] + [String](repeating: "owner:\(owner.id)", count: 4))
        #expect(records.last?.subject == "openai")
        #expect(records.allSatisfy { $0.accountID == owner.id })
    }

    @Test func writesNothingForNobodyInParticularBeyondABudget() async throws {
        let fixture = try await BrokerFixture()
        await expectRefusal(.loginRequired) { try await fixture.broker.listKeys(call: BrokerFixture.anonymousCall) }
        let stranger = try TestOwner("stranger")
        _ = try await fixture.broker.startLogin(.init(name: stranger.name), call: BrokerFixture.anonymousCall)
        #expect(try await fixture.audited().isEmpty)
        for _ in 0..<70 {
            let challenge = try await fixture.broker.startLogin(.init(name: stranger.name), call: BrokerFixture.anonymousCall)
            await expectRefusal(.loginFailed) {
                try await fixture.broker.finishLogin(try stranger.finish(challenge), call: BrokerFixture.anonymousCall)
            }
        }
        #expect(try await fixture.audited(last: 1000).count == 60)
        fixture.clock.advance(seconds: 2)
        let challenge = try await fixture.broker.startLogin(.init(name: stranger.name), call: BrokerFixture.anonymousCall)
        await expectRefusal(.loginFailed) {
            try await fixture.broker.finishLogin(try stranger.finish(challenge), call: BrokerFixture.anonymousCall)
        }
        #expect(try await fixture.audited(last: 1).first?.outcome == "login_failed (10 before not written)")
    }

    @Test func showsTheLogToTheOperatorOnly() async throws {
        let fixture = try await BrokerFixture()
        let owner = try TestOwner()
        try await owner.create(on: fixture)
        let call = try await owner.login(to: fixture)
        await expectRefusal(.forbidden) { try await fixture.broker.listAudit(last: 10, call: call) }
        await expectRefusal(.tokenMissing) { try await fixture.broker.listAudit(last: 10, call: BrokerFixture.anonymousCall) }
        for last in [0, -1, 1001] {
            await expectRefusal(.malformed) { try await fixture.broker.listAudit(last: last, call: BrokerFixture.operatorCall) }
        }
        #expect(try await fixture.broker.listAudit(last: 1, call: BrokerFixture.operatorCall).records.count == 1)
    }
}
