import Model
import Sessions
import Synchronization
import Testing

/// A reserve that answers when a test says so.
final class TestReserve: RequestReserve {
    struct Question: Sendable {
        let session: SessionID
        let maximum: UInt64
        let wanted: UInt64
        let answer: @Sendable (ReservedRequests) -> Void
    }

    let questions = Mutex<[Question]>([])

    func reserve(of session: SessionID, maximum: UInt64, wanted: UInt64, _ done: @escaping @Sendable (ReservedRequests) -> Void) {
        questions.withLock { $0.append(Question(session: session, maximum: maximum, wanted: wanted, answer: done)) }
    }

    /// The question that waits, taken.
    func next() throws -> Question {
        try #require(questions.withLock { $0.isEmpty ? nil : $0.removeFirst() })
    }
}

/// Sessions whose maximum of requests is shared with other processes.
@Suite struct RequestAllowanceTests {
    private func fixture(maximum: UInt64, _ change: (inout SessionPolicy) -> Void = { _ in }) throws -> (SessionFixture, TestReserve) {
        let reserve = TestReserve()
        let fixture = try SessionFixture(reserve: reserve) {
            $0.maximumRequests = maximum
            change(&$0)
        }
        return (fixture, reserve)
    }

    private func refusal(_ fixture: SessionFixture) -> Refusal? {
        do throws(Refusal) {
            _ = try fixture.call()
            return nil
        } catch {
            return error
        }
    }

    /// Asks for the session's next requests.
    /// - Returns: counts how often the call may be tried again.
    private func ask(_ fixture: SessionFixture) -> CallCounter {
        let counter = CallCounter()
        fixture.table.reserveRequests(of: fixture.session.id) { counter.add() }
        return counter
    }

    final class CallCounter: Sendable {
        private let count = Mutex(0)
        func add() { count.withLock { $0 += 1 } }
        var value: Int { count.withLock { $0 } }
    }

    @Test func noCallGoesBeforeItsRequestIsReserved() throws {
        let (fixture, reserve) = try fixture(maximum: 5)
        let refused = try #require(refusal(fixture))
        #expect(refused.code == .requestsUncounted && refused.reservable == fixture.session.id && refused.status == 503)
        #expect(fixture.table.usedRequests(session: fixture.session.id) == 0)
        let first = ask(fixture)
        let second = ask(fixture)
        let question = try reserve.next()
        #expect(question.session == fixture.session.id && question.maximum == 5 && question.wanted == 1)
        #expect(reserve.questions.withLock { $0.isEmpty }, "one question at a time")
        #expect(first.value == 0 && second.value == 0)
        question.answer(.granted(2))
        #expect(first.value == 1 && second.value == 1)
        #expect(refusal(fixture) == nil && refusal(fixture) == nil)
        #expect(refusal(fixture)?.reservable == fixture.session.id, "the block is used up")
    }

    @Test func theEndOfTheMaximumIsTold() throws {
        let (fixture, reserve) = try fixture(maximum: 5)
        _ = ask(fixture)
        try reserve.next().answer(.granted(5))
        for _ in 0..<5 { #expect(refusal(fixture) == nil) }
        #expect(refusal(fixture)?.code == .requestsUsedUp)
        let asked = ask(fixture)
        #expect(reserve.questions.withLock { $0.count } == 1 && asked.value == 0)
    }

    @Test func aReserveThatGivesTooMuchRaisesNoMaximum() throws {
        let (fixture, reserve) = try fixture(maximum: 2)
        _ = ask(fixture)
        try reserve.next().answer(.granted(.max))
        #expect(refusal(fixture) == nil && refusal(fixture) == nil)
        #expect(refusal(fixture)?.code == .requestsUsedUp)
    }

    @Test(
        arguments: [
            (.failed, Refusal.Code.requestsUncounted), (.granted(0), .requestsUsedUp), (.damaged, .integrity),
        ] as [(ReservedRequests, Refusal.Code)])
    func withoutRequestsTheReserveIsAskedOnceASecond(answer: ReservedRequests, code: Refusal.Code) throws {
        let (fixture, reserve) = try fixture(maximum: 5)
        let asked = ask(fixture)
        try reserve.next().answer(answer)
        #expect(asked.value == 1)
        let refused = try #require(refusal(fixture))
        #expect(refused.code == code && refused.reservable == nil)
        fixture.clock.advance(milliseconds: 999)
        #expect(refusal(fixture)?.reservable == nil)
        #expect(ask(fixture).value == 1, "who asks meanwhile hears the same")
        #expect(reserve.questions.withLock { $0.isEmpty })
        fixture.clock.advance(milliseconds: 1)
        #expect(refusal(fixture)?.reservable == fixture.session.id)
        _ = ask(fixture)
        try reserve.next().answer(.granted(1))
        #expect(refusal(fixture) == nil)
        #expect(refusal(fixture)?.reservable == fixture.session.id, "what it said before is over")
    }

    @Test func asManyTryAgainAsThereAreRequestsFor() throws {
        let (fixture, reserve) = try fixture(maximum: 50)
        let calls = (0..<5).map { _ in ask(fixture) }
        try reserve.next().answer(.granted(2))
        #expect(calls.map(\.value) == [1, 1, 0, 0, 0])
        let second = try reserve.next()
        #expect(second.wanted == 3 && reserve.questions.withLock { $0.isEmpty })
        second.answer(.granted(9))
        #expect(calls.map(\.value) == [1, 1, 1, 1, 1])
        #expect(reserve.questions.withLock { $0.isEmpty })
    }

    @Test func whoeverWaitsHearsThatNothingIsLeft() throws {
        let (fixture, reserve) = try fixture(maximum: 50)
        let calls = (0..<3).map { _ in ask(fixture) }
        try reserve.next().answer(.granted(0))
        #expect(calls.map(\.value) == [1, 1, 1])
        #expect(reserve.questions.withLock { $0.isEmpty })
    }

    @Test func theRateIsToldWithoutAskingForRequests() throws {
        let (fixture, reserve) = try fixture(maximum: 9) { ($0.rate, $0.burst) = (1_000, 1) }
        _ = ask(fixture)
        try reserve.next().answer(.granted(2))
        #expect(refusal(fixture) == nil && refusal(fixture) == nil)
        #expect(refusal(fixture)?.code == .rateLimited, "the block is used up, too")
    }

    @Test func aCallThatWaitsKeepsItsSessionFromEndingIdle() throws {
        let (fixture, reserve) = try fixture(maximum: 9) { $0.idleSeconds = 60 }
        fixture.clock.advance(milliseconds: 59_000)
        #expect(refusal(fixture)?.reservable == fixture.session.id)
        _ = ask(fixture)
        fixture.clock.advance(milliseconds: 5_000)
        #expect(fixture.table.drainIdleEnded() == [])
        try reserve.next().answer(.granted(1))
        #expect(refusal(fixture) == nil)
    }

    @Test func whoAsksWhereSomeAreLeftNeedsNotWait() throws {
        let (fixture, reserve) = try fixture(maximum: 5)
        _ = ask(fixture)
        try reserve.next().answer(.granted(2))
        #expect(ask(fixture).value == 1)
        #expect(reserve.questions.withLock { $0.isEmpty })
        let unlimited = try SessionFixture(reserve: reserve)
        #expect(ask(unlimited).value == 1)
        #expect(refusal(unlimited) == nil && reserve.questions.withLock { $0.isEmpty })
    }

    @Test func waitingForTheReserveTakesNothingOfTheRate() throws {
        let (fixture, reserve) = try fixture(maximum: 5) { ($0.rate, $0.burst) = (1_000, 1) }
        for _ in 0..<9 { #expect(refusal(fixture)?.code == .requestsUncounted) }
        _ = ask(fixture)
        try reserve.next().answer(.granted(5))
        #expect(refusal(fixture) == nil && refusal(fixture) == nil)
        #expect(refusal(fixture)?.code == .rateLimited)
    }

    @Test func whatIsUnusedIsTakenOutOnce() throws {
        let (fixture, reserve) = try fixture(maximum: 9)
        #expect(fixture.table.takeUnusedRequests() == [:])
        _ = ask(fixture)
        try reserve.next().answer(.granted(4))
        #expect(refusal(fixture) == nil)
        #expect(fixture.table.takeUnusedRequests() == [fixture.session.id: 3])
        #expect(fixture.table.takeUnusedRequests() == [:])
        #expect(refusal(fixture)?.reservable == fixture.session.id, "no call goes on what was given back")
    }

    @Test func rowsThatAreReadAgainGiveNothingAnew() throws {
        let (fixture, reserve) = try fixture(maximum: 5)
        _ = ask(fixture)
        try reserve.next().answer(.granted(2))
        #expect(refusal(fixture) == nil)
        fixture.install()
        #expect(refusal(fixture) == nil)
        #expect(refusal(fixture)?.code == .requestsUncounted)
    }
}
