import Model
import Sessions
import Store
import Testing

@testable import Broker

/// A session's maximum of requests over restarts and several brokers.
struct ReserveTests {
    private struct Prepared {
        let fixture: BrokerFixture
        let session: SessionID
    }

    private func prepared(maximum: UInt64) async throws -> Prepared {
        let fixture = try await BrokerFixture()
        let owner = try TestOwner()
        try await owner.create(on: fixture)
        let call = try await owner.login(to: fixture)
        try await owner.enroll("openai", on: fixture, as: call)
        let list = try await fixture.broker.unlock(.init(aliases: []), call: call)
        var policy = SessionPolicy()
        policy.maximumRequests = maximum
        let message = try owner.session(list, at: fixture.clock.seconds, policy: policy).message
        _ = try await fixture.broker.createSession(message, call: call)
        return Prepared(fixture: fixture, session: message.sessionID)
    }

    /// Has a broker's table ask for the session's next requests and waits for the answer.
    private func ask(_ broker: BrokerFixture, _ session: SessionID) async {
        await withCheckedContinuation { continuation in
            broker.sessions.reserveRequests(of: session) { continuation.resume() }
        }
    }

    private func left(_ p: Prepared) async throws -> UInt64 {
        let left = try await p.fixture.store.reserveRequests([WantedRequests(session: p.session, maximum: 1_000, count: 1_000)])[0].get()
        try await p.fixture.store.returnRequests([p.session: left])
        return left
    }

    @Test func aBlockIsStoredBeforeItIsUsed() async throws {
        let p = try await prepared(maximum: 1_000)
        #expect(try await left(p) == 1_000, "nothing is taken before a call")
        await ask(p.fixture, p.session)
        #expect(try await left(p) == 938)
        let second = try await BrokerFixture(sharing: p.fixture)
        #expect(try await left(p) == 938, "a start takes nothing")
        await ask(second, p.session)
        #expect(try await left(p) == 880)
        // A process that was killed: its block counts as used.
        let third = try await BrokerFixture(sharing: p.fixture)
        #expect(third.sessions.takeUnusedRequests() == [:])
        #expect(try await left(p) == 880)
    }

    @Test func anEndInGoodOrderGivesBackWhatIsUnused() async throws {
        let p = try await prepared(maximum: 1_000)
        await ask(p.fixture, p.session)
        let running = Task { await p.fixture.broker.run() }
        running.cancel()
        await running.value
        #expect(try await left(p) == 1_000)
        #expect(p.fixture.sessions.takeUnusedRequests() == [:])
    }

    @Test func manyQuestionsAtOnceAreAllAnswered() async throws {
        let p = try await prepared(maximum: 1_000)
        let reserve = StoredRequests(store: p.fixture.store, logger: p.fixture.broker.logger)
        let answers = await withTaskGroup(of: ReservedRequests.self) { group in
            for _ in 0..<300 { group.addTask { await self.ask(reserve, p.session) } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        let sum = answers.reduce(UInt64(0)) { if case .granted(let count) = $1 { $0 + count } else { $0 } }
        #expect(answers.count == 300 && sum == 1_000)
    }

    @Test func anAlteredCountIsNamedAndLetsNothingGo() async throws {
        let p = try await prepared(maximum: 1_000)
        try p.fixture.alter("DELETE FROM session_requests")
        let reserve = StoredRequests(store: p.fixture.store, logger: p.fixture.broker.logger)
        #expect(await ask(reserve, p.session) == .damaged)
        let restarted = try await BrokerFixture(sharing: p.fixture)
        #expect(restarted.broker.readiness.integrity == ["session_requests:\(p.session)"])
    }

    @Test func aStoreThatFailsLetsNothingGo() async throws {
        let p = try await prepared(maximum: 1_000)
        let reserve = StoredRequests(store: p.fixture.store, logger: p.fixture.broker.logger)
        try p.fixture.store.close()
        #expect(await ask(reserve, p.session) == .failed)
    }

    private func ask(_ reserve: StoredRequests, _ session: SessionID) async -> ReservedRequests {
        await withCheckedContinuation { continuation in
            reserve.reserve(of: session, maximum: 1_000, wanted: 1) { continuation.resume(returning: $0) }
        }
    }
}
