import Model
import NIOCore
import Sessions
import Testing

@testable import BlindProxy

/// Every limit of a session, as a client meets it.
@Suite struct PolicyTests {
    private func fixture(
        allowed: [String] = [], denied: [String] = [], milliseconds: Int64 = 0, _ change: (inout SessionPolicy) throws -> Void
    ) async throws -> (ProxyFixture, TestUpstream) {
        let upstream = try await TestUpstream(nil) { _, channel in
            channel.eventLoop.scheduleTask(in: .milliseconds(milliseconds)) {
                channel.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            }
        }
        var policy = SessionPolicy()
        try change(&policy)
        let fixture = try await ProxyFixture(
            url: "http://127.0.0.1:\(upstream.port)", allowed: allowed, denied: denied, policy.canonical())
        return (fixture, upstream)
    }

    private func expect(_ answer: RawClient.Answer, _ status: Int, _ code: String?) {
        #expect(answer.status == status)
        #expect(answer.code == code)
        if code != nil { #expect(answer.text.contains("run: tacit ")) }
    }

    @Test func methodsAreThoseOfTheSession() async throws {
        let (fixture, upstream) = try await fixture { $0.methods = ["GET", "PATCH"] }
        for method in ["POST", "HEAD", "OPTIONS", "get", "GETS"] {
            let answer = try fixture.get("/openai/v1", method: method)
            #expect(answer.status == 403)
            #expect(answer.code == (method == "HEAD" ? nil : "method_not_allowed"))
        }
        #expect(upstream.connections == 0)
        for method in ["GET", "PATCH"] { expect(try fixture.get("/openai/v1", method: method), 200, nil) }
        await fixture.stop(upstream)
    }

    @Test(
        arguments: [
            "/openai", "/openai/", "/openai/v1", "/openai/v1/chats", "/openai/V1/chat", "/openai/v1/chat%2fx", "/openai/v1%2Fchat",
            "/openai/v1/chat/a%5cb", "/openai/v1/models?x=/v1/chat",
        ])
    func pathsAreThoseOfTheSession(_ path: String) async throws {
        let (fixture, upstream) = try await fixture { $0.paths = [try PathPrefix("/v1/chat")] }
        expect(try fixture.get(path), 403, "path_not_allowed")
        #expect(upstream.connections == 0)
        for path in ["/openai/v1/chat", "/openai/v1/chat/completions", "/openai/v1/ch%61t", "/openai/v1/chat?x=y"] {
            expect(try fixture.get(path), 200, nil)
        }
        await fixture.stop(upstream)
    }

    @Test func aPipelinedRequestFindsThePlaceOfTheOneBeforeItFree() async throws {
        let (fixture, upstream) = try await fixture { $0.maximumConcurrent = 1 }
        let client = try fixture.client()
        client.send(String(repeating: fixture.head("GET /openai/v1") + "\r\n", count: 20))
        for _ in 0..<20 { expect(try client.readAnswer(), 200, nil) }
        await fixture.stop(upstream)
    }

    @Test func pathsAreAlsoThoseTheKeyWasEnrolledFor() async throws {
        let (fixture, upstream) = try await fixture(allowed: ["/v1"]) { $0.paths = [] }
        expect(try fixture.get("/openai/v2/chat"), 403, "path_not_allowed")
        expect(try fixture.get("/openai/v1/chat"), 200, nil)
        await fixture.stop(upstream)
    }

    @Test(
        arguments: [
            "/openai/v1/keys", "/openai/v1/keys/new", "/openai/V1/Keys", "/openai/v1/%6beys", "/openai/v1/keys;x=y", "/openai/v1;a/keys",
            "/openai/v1%2fkeys",
        ])
    func pathsThatMintCredentialsAreRefusedUnlessTheSessionMay(_ path: String) async throws {
        let (fixture, upstream) = try await fixture(denied: ["/v1/keys"]) { _ in }
        let answer = try fixture.get(path)
        #expect(answer.status == 403)
        #expect(answer.code == (path.contains("%2f") ? "path_not_allowed" : "path_denied"))
        #expect(upstream.connections == 0)
        expect(try fixture.get("/openai/v1/keyset"), 200, nil)
        await fixture.stop(upstream)
        let (minting, second) = try await self.fixture(denied: ["/v1/keys", "/v1/tokens"]) {
            $0.mintingPaths = [try PathPrefix("/v1/keys")]
        }
        expect(try minting.get("/openai/v1/keys/new"), 200, nil)
        expect(try minting.get("/openai/v1/tokens"), 403, "path_denied")
        await minting.stop(second)
    }

    @Test func requestsAreUsedUpAndRefusedOnesDoNotCount() async throws {
        let (fixture, upstream) = try await fixture {
            $0.maximumRequests = 2
            $0.methods = ["GET"]
        }
        for _ in 0..<3 { expect(try fixture.get("/openai/v1", method: "POST"), 403, "method_not_allowed") }
        for _ in 0..<2 { expect(try fixture.get("/openai/v1"), 200, nil) }
        for _ in 0..<2 {
            let answer = try fixture.get("/openai/v1")
            expect(answer, 429, "requests_used_up")
            #expect(answer.field("x-should-retry") == "false" && answer.field("retry-after") == nil)
        }
        #expect(upstream.requests.count == 2)
        await fixture.stop(upstream)
    }

    @Test func theRateSaysWhenToComeBackAndThatIsTrue() async throws {
        let (fixture, upstream) = try await fixture {
            $0.rate = 1_000
            $0.burst = 2
        }
        var refused: RawClient.Answer?
        var granted = 0
        for _ in 0..<10 where refused == nil {
            let answer = try fixture.get("/openai/v1")
            if answer.status == 200 { granted += 1 } else { refused = answer }
        }
        let answer = try #require(refused)
        expect(answer, 429, "rate_limited")
        #expect((3...4).contains(granted), "one, and two that may come at once; another where a second passed")
        let seconds = try #require(answer.field("retry-after").flatMap { Int($0) })
        #expect(seconds == 1)
        #expect(answer.field("x-should-retry") == nil, "SDKs may come back by themselves")
        try await Task.sleep(for: .seconds(seconds))
        expect(try fixture.get("/openai/v1"), 200, nil)
        await fixture.stop(upstream)
    }

    @Test func callsAtOneTimeAreLimited() async throws {
        let (fixture, upstream) = try await fixture(milliseconds: 700) { $0.maximumConcurrent = 2 }
        let running = try [fixture.client(), fixture.client()]
        for client in running { client.send(fixture.head("GET /openai/v1") + "\r\n") }
        for _ in 0..<100 where upstream.requests.count < 2 { try await Task.sleep(for: .milliseconds(10)) }
        let answer = try fixture.get("/openai/v1")
        expect(answer, 429, "rate_limited")
        #expect(answer.field("retry-after") == "1")
        for client in running { #expect(try client.readAnswer().text == "ok") }
        expect(try fixture.get("/openai/v1"), 200, nil)
        await fixture.stop(upstream)
    }

    @Test func aPlaceIsGivenBackHoweverTheCallEnds() async throws {
        let (fixture, upstream) = try await fixture(milliseconds: 60_000) { $0.maximumConcurrent = 1 }
        for _ in 0..<3 {
            let client = try fixture.client()
            client.send(fixture.head("GET /openai/v1") + "\r\n")
            for _ in 0..<100 where upstream.open == 0 { try await Task.sleep(for: .milliseconds(10)) }
            #expect(try fixture.get("/openai/v1").code == "rate_limited")
            client.close()
            try await StreamTests.expectClosed(upstream)
        }
        await fixture.stop(upstream)
    }

    @Test func anUnusedSessionEndsAndARunningCallUsesIt() async throws {
        let (fixture, upstream) = try await fixture(milliseconds: 2_500) { $0.idleSeconds = 1 }
        expect(try fixture.get("/openai/v1"), 200, nil)
        try await Task.sleep(for: .milliseconds(500))
        expect(try fixture.get("/openai/v1"), 200, nil)
        try await Task.sleep(for: .milliseconds(1_100))
        expect(try fixture.get("/openai/v1"), 401, "session_expired")
        #expect(upstream.requests.count == 2)
        await fixture.stop(upstream)
    }
}
