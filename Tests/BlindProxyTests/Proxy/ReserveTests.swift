import Model
import Sessions
import Synchronization
import Testing

@testable import BlindProxy

/// Calls of sessions whose requests have to be reserved first.
@Suite struct ReserveTests {
    /// A reserve that answers when a test says so.
    final class Reserve: RequestReserve {
        let questions = Mutex<[@Sendable (ReservedRequests) -> Void]>([])
        let asked = Mutex(0)

        func reserve(of session: SessionID, maximum: UInt64, wanted: UInt64, _ done: @escaping @Sendable (ReservedRequests) -> Void) {
            asked.withLock { $0 += 1 }
            questions.withLock { $0.append(done) }
        }

        /// Answers the question that comes next.
        func answer(_ answer: ReservedRequests) async throws {
            for _ in 0..<500 {
                if let done = questions.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) { return done(answer) }
                try await Task.sleep(for: .milliseconds(10))
            }
            Issue.record("nobody asked for requests")
        }
    }

    private func fixture(
        maximum: UInt64 = 10, _ change: (inout ProxyConfiguration) throws -> Void = { _ in }
    ) async throws -> (ProxyFixture, TestUpstream, Reserve) {
        let upstream = try await TestUpstream(nil) { _, channel in channel.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok") }
        let reserve = Reserve()
        let table = SessionTable()
        table.setReserve(reserve)
        var policy = SessionPolicy()
        policy.maximumRequests = maximum
        let fixture = try await ProxyFixture(
            url: "http://127.0.0.1:\(upstream.port)", policy.canonical(), table: table, change)
        return (fixture, upstream, reserve)
    }

    private func send(_ fixture: ProxyFixture, _ path: String = "/openai/v1") throws -> RawClient {
        let client = try fixture.client()
        client.send(fixture.head("GET \(path)") + "\r\n")
        return client
    }

    @Test func aCallWaitsForItsRequestAndGoesOn() async throws {
        let (fixture, upstream, reserve) = try await fixture()
        let client = try send(fixture)
        try await Task.sleep(for: .milliseconds(150))
        #expect(upstream.connections == 0, "nothing of the upstream is touched before the call is counted")
        try await reserve.answer(.granted(2))
        let first = try client.readAnswer()
        #expect(first.status == 200)
        // "tacit;dur=MILLISECONDS, upstream;dur=…": the time it waited is ours.
        let timing = try #require(first.field("server-timing")).dropFirst("tacit;dur=".count).prefix { $0 != "," }
        #expect(try #require(Double(timing)) >= 100)
        // The next one needs no question, the one after it does.
        client.send(fixture.head("GET /openai/v1") + "\r\n")
        #expect(try client.readAnswer().status == 200)
        client.send(fixture.head("GET /openai/v1") + "\r\n")
        try await reserve.answer(.granted(1))
        #expect(try client.readAnswer().status == 200)
        #expect(reserve.asked.withLock { $0 } == 2)
        await fixture.stop(upstream)
    }

    @Test func pipelinedCallsWaitInOrder() async throws {
        let (fixture, upstream, reserve) = try await fixture()
        let client = try fixture.client()
        client.send((1...3).map { fixture.head("GET /openai/v1/\($0)") + "\r\n" }.joined())
        for _ in 0..<3 {
            try await reserve.answer(.granted(1))
            #expect(try client.readAnswer().status == 200)
        }
        #expect(upstream.requests.map(\.target) == ["/v1/1", "/v1/2", "/v1/3"])
        await fixture.stop(upstream)
    }

    @Test func manyWaitForOneAnswerAndNoneGoesTooMuch() async throws {
        let (fixture, upstream, reserve) = try await fixture(maximum: 5)
        let clients = try (0..<8).map { _ in try send(fixture) }
        try await Task.sleep(for: .milliseconds(200))
        #expect(reserve.asked.withLock { $0 } == 1)
        try await reserve.answer(.granted(3))
        try await reserve.answer(.granted(2))
        try await reserve.answer(.granted(0))
        let statuses = try clients.map { try $0.readAnswer().status }
        #expect(statuses.count { $0 == 200 } == 5)
        #expect(statuses.count { $0 == 429 } == 3)
        #expect(upstream.requests.count == 5)
        await fixture.stop(upstream)
    }

    @Test(
        arguments: [
            (.failed, 503, "requests_uncounted", "1"), (.granted(0), 429, "requests_used_up", nil), (.damaged, 503, "integrity", nil),
        ] as [(ReservedRequests, Int, String, String?)])
    func aReserveThatGivesNothingIsTold(answer: ReservedRequests, status: Int, code: String, retryAfter: String?) async throws {
        let (fixture, upstream, reserve) = try await fixture()
        let client = try send(fixture)
        try await reserve.answer(answer)
        let got = try client.readAnswer()
        #expect(got.status == status && got.code == code && got.field("retry-after") == retryAfter)
        #expect(got.text.contains("run: tacit "))
        #expect(upstream.connections == 0)
        await fixture.stop(upstream)
    }

    @Test func aReserveThatDoesNotAnswerIsNotWaitedForLong() async throws {
        let (fixture, upstream, reserve) = try await fixture { $0.limits.connectSeconds = 1 }
        let client = try send(fixture)
        let got = try client.readAnswer()
        #expect(got.status == 503 && got.code == "requests_uncounted" && got.field("retry-after") == "5")
        // Its late answer serves the next call, on the same connection, once.
        client.send(fixture.head("GET /openai/v1") + "\r\n")
        try await Task.sleep(for: .milliseconds(150))
        try await reserve.answer(.granted(2))
        #expect(try client.readAnswer().status == 200)
        #expect(fixture.table.usedRequests(session: fixture.session.id) == 1)
        client.send(fixture.head("GET /openai/v1") + "\r\n")
        #expect(try client.readAnswer().status == 200)
        #expect(upstream.requests.count == 2)
        await fixture.stop(upstream)
    }

    @Test func aClientThatLeavesMeanwhileCostsNothing() async throws {
        let (fixture, upstream, reserve) = try await fixture()
        let client = try send(fixture)
        try await Task.sleep(for: .milliseconds(100))
        client.close()
        try await Task.sleep(for: .milliseconds(100))
        try await reserve.answer(.granted(1))
        let other = try send(fixture)
        #expect(try other.readAnswer().status == 200)
        #expect(fixture.table.usedRequests(session: fixture.session.id) == 1)
        await fixture.stop(upstream)
    }

    @Test func aBrokerThatEndsTellsCallsThatWait() async throws {
        let (fixture, upstream, reserve) = try await fixture()
        let client = try send(fixture)
        try await Task.sleep(for: .milliseconds(150))
        await fixture.proxy.drain(seconds: 1)
        await fixture.proxy.stop()
        let got = try client.readAnswer()
        #expect(got.status == 503 && got.code == "draining")
        try await reserve.answer(.granted(1))
        await fixture.stop(upstream)
    }
}
