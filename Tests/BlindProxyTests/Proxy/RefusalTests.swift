import Model
import Testing

@testable import BlindProxy

/// What is refused before anything upstream is touched.
@Suite struct RefusalTests {
    private func fixture(_ policy: SessionPolicy = SessionPolicy()) async throws -> (ProxyFixture, TestUpstream) {
        let upstream = try await TestUpstream(TestCertificates.shared.get().server) { _, channel in
            channel.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        }
        return (try await ProxyFixture(url: "https://localhost:\(upstream.port)", policy), upstream)
    }

    @Test func badTokensReachNoUpstream() async throws {
        let (fixture, upstream) = try await fixture()
        let stranger = "tct_" + String(repeating: "A", count: 64)
        let cases: [(fields: String, status: Int, code: String)] = [
            ("", 401, "token_missing"), ("Authorization: Bearer\r\n", 401, "token_missing"),
            ("Authorization: Bearer sk-1\r\n", 401, "token_malformed"), ("x-api-key: \(stranger)\r\n", 401, "token_unknown"),
            ("x-api-key: \(stranger)\r\nAuthorization: Bearer \(fixture.token)\r\n", 400, "token_conflict"),
            ("x-api-key: \(fixture.token)\r\nX-Note: \(fixture.token)\r\n", 400, "token_misplaced"),
        ]
        let client = try fixture.client()
        for (fields, status, code) in cases {
            client.send("GET /openai/v1 HTTP/1.1\r\nHost: 127.0.0.1:\(fixture.port)\r\n\(fields)\r\n")
            let answer = try client.readAnswer()
            #expect(answer.status == status)
            #expect(answer.code == code)
            #expect(!answer.text.contains("tct_A") && !answer.text.contains(fixture.token))
            #expect(answer.field("x-should-retry") == (status == 401 ? "false" : nil))
            #expect(answer.text.contains("run: "))
        }
        #expect(upstream.connections == 0)
        await fixture.stop(upstream)
    }

    @Test func policyHostAndPathAreCheckedFirst() async throws {
        var policy = SessionPolicy()
        policy.methods = ["POST"]
        let (fixture, upstream) = try await fixture(policy)
        #expect(try fixture.get("/openai/v1").code == "method_not_allowed")
        #expect(try fixture.get("/nobody/v1", method: "POST").code == "alias_unknown")
        #expect(try fixture.get("/", method: "POST").code == "alias_unknown")
        #expect(try fixture.get("/openai/../x", method: "POST").code == "ambiguous_request")
        #expect(try fixture.get("/openai/v1", "Origin: https://evil.example\r\n", method: "POST").code == "origin_not_allowed")
        let client = try fixture.client()
        client.send("POST /openai/v1 HTTP/1.1\r\nHost: evil.example\r\nx-api-key: \(fixture.token)\r\n\r\n")
        let foreign = try client.readAnswer()
        #expect(foreign.status == 421)
        #expect(foreign.code == "foreign_host")
        #expect(upstream.connections == 0)
        await fixture.stop(upstream)
    }

    @Test(
        arguments: [
            ("Content-Length: 3\r\nContent-Length: 3\r\n", 400), ("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", 400),
            ("Transfer-Encoding: chunked, identity\r\n", 400), (" folded: x\r\n", 400), ("X y: z\r\n", 400), ("X: a\u{1}b\r\n", 400),
            ("X: a\nY: b\r\n", 400), ("Big: \(String(repeating: "a", count: 70_000))\r\n", 431),
        ])
    func ambiguousHeadsEndTheConnection(_ fields: String, _ status: Int) async throws {
        let (fixture, upstream) = try await fixture()
        let client = try fixture.client()
        client.send(fixture.head("POST /openai/v1", fields) + "\r\nabc")
        let answer = try client.readAnswer()
        #expect(answer.status == status)
        #expect(answer.field("connection") == "close")
        #expect(client.isAtEnd())
        #expect(upstream.connections == 0)
        #expect(try fixture.get("/openai/v1").status == 200, "the proxy goes on")
        await fixture.stop(upstream)
    }

    @Test func aRefusedBodyIsReadAndTheConnectionServesAgain() async throws {
        let (fixture, upstream) = try await fixture()
        let client = try fixture.client()
        let body = String(repeating: "x", count: 100_000)
        client.send("POST /openai/v1 HTTP/1.1\r\nHost: 127.0.0.1:\(fixture.port)\r\nContent-Length: \(body.count)\r\n\r\n")
        client.send(body)
        #expect(try client.readAnswer().code == "token_missing")
        client.send(fixture.head("GET /openai/v1") + "\r\n")
        #expect(try client.readAnswer().text == "ok")
        await fixture.stop(upstream)
    }

    @Test func aHeadThatComesTooSlowlyEndsTheConnection() async throws {
        let upstream = try await TestUpstream(nil) { _, _ in }
        let fixture = try await ProxyFixture(url: "http://127.0.0.1:\(upstream.port)") { $0.limits.headSeconds = 1 }
        let client = try fixture.client()
        client.send("GET /openai/v1 HTTP/1.1\r\nHost:")
        #expect(try client.readAnswer().status == 408)
        #expect(client.isAtEnd())
        let silent = try fixture.client()
        #expect(silent.isAtEnd())
        await fixture.stop(upstream)
    }

    @Test func privateAddressesNeedTheKeysFlagAndTheOperatorsBlock() async throws {
        let upstream = try await TestUpstream(nil) { _, channel in channel.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") }
        let noFlag = try await ProxyFixture(url: "http://localhost:\(upstream.port)", isPrivate: false)
        #expect(try noFlag.get("/openai/v1").code == "destination_refused")
        await noFlag.stop(nil)
        let noBlock = try await ProxyFixture(url: "http://localhost:\(upstream.port)") { $0.privateDestinations = [] }
        #expect(try noBlock.get("/openai/v1").code == "destination_refused")
        await noBlock.stop(nil)
        #expect(upstream.connections == 0)
        await upstream.stop()
    }

    @Test(arguments: ["127.0.0.1", "localhost", "0.0.0.0", "::"])
    func aListenerOfOursIsNeverDialled(_ bound: String) async throws {
        let upstream = try await TestUpstream(nil) { _, channel in channel.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") }
        let fixture = try await ProxyFixture(url: "http://127.0.0.1:\(upstream.port)")
        fixture.proxy.forbid(ListenerAddress(host: bound, port: upstream.port + 1))
        #expect(try fixture.get("/openai/v1").status == 200, "another port is another service")
        await fixture.stop(nil)
        let own = try await ProxyFixture(url: "http://127.0.0.1:\(upstream.port)")
        own.proxy.forbid(ListenerAddress(host: bound, port: upstream.port))
        #expect(try own.get("/openai/v1").code == "destination_refused")
        #expect(upstream.connections == 1)
        await own.stop(upstream)
    }

    @Test func everyAddressOfTheMachineIsOursWhereTheListenerIsOnAllOfThem() async throws {
        let fixture = try await ProxyFixture(url: "http://127.9.8.7:1")
        #expect(try fixture.get("/openai/v1").code == "upstream_unreachable")
        fixture.proxy.forbid(ListenerAddress(host: "0.0.0.0", port: 1))
        #expect(try fixture.get("/openai/v1").code == "destination_refused")
        await fixture.stop(nil)
    }
}
