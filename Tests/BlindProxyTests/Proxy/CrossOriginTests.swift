import Model
import Sessions
import Testing

@testable import BlindProxy

/// Pages of browsers: the preflight, and what they may read.
@Suite struct CrossOriginTests {
    private static let origin = "https://app.example"

    private func fixture(_ change: (inout SessionPolicy) -> Void = { _ in }) async throws -> (ProxyFixture, TestUpstream) {
        let upstream = try await TestUpstream(nil) { request, channel in
            channel.send(
                "HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\nAccess-Control-Allow-Credentials: true\r\n"
                    + "Access-Control-Expose-Headers: *\r\nVary: Accept\r\nContent-Length: 2\r\n\r\n"
                    + (request.head.hasPrefix("HEAD") ? "" : "ok"))
        }
        var policy = SessionPolicy()
        policy.origins = [Self.origin, "http://localhost:3000"]
        change(&policy)
        return (try await ProxyFixture(url: "http://127.0.0.1:\(upstream.port)", policy), upstream)
    }

    private func ask(_ fixture: ProxyFixture, _ fields: String, path: String = "/openai/v1/chat") throws -> RawClient.Answer {
        let client = try fixture.client()
        client.send("OPTIONS \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(fixture.port)\r\n\(fields)\r\n")
        return try client.readAnswer()
    }

    private func crossOriginFields(_ answer: RawClient.Answer) -> [String] {
        RawMessage.fields(answer.head).map(\.name).filter { $0.hasPrefix("access-control-") }
    }

    private static let question =
        "Access-Control-Request-Method: POST\r\nAccess-Control-Request-Headers: authorization,content-type,x-stainless-os\r\n"

    // MARK: Preflights

    @Test(
        arguments: [
            "https://evil.example", "null", "https://app.example.evil.example", "http://app.example", "https://app.example:8443",
            "https://APP.example", "*",
        ])
    func aForeignOriginGetsNothingToRead(_ origin: String) async throws {
        let (fixture, upstream) = try await fixture()
        let answer = try ask(fixture, "Origin: \(origin)\r\n" + Self.question)
        #expect(answer.status == 403)
        #expect(answer.code == "origin_not_allowed")
        #expect(crossOriginFields(answer).isEmpty)
        let call = try fixture.get("/openai/v1", "Origin: \(origin)\r\n")
        #expect(call.code == "origin_not_allowed")
        #expect(crossOriginFields(call).isEmpty)
        #expect(upstream.connections == 0)
        await fixture.stop(upstream)
    }

    @Test func anAllowedOriginIsAnsweredWithoutSessionOrUpstream() async throws {
        let (fixture, upstream) = try await fixture { $0.maximumRequests = 1 }
        // The path does not matter: a question must not tell which aliases there are.
        for path in ["/openai/v1/chat", "/nobody/v1", "/"] {
            let answer = try ask(fixture, "Origin: \(Self.origin)\r\n" + Self.question, path: path)
            #expect(answer.status == 204)
            #expect(answer.field("access-control-allow-origin") == Self.origin)
            #expect(answer.field("access-control-allow-methods") == "POST")
            #expect(answer.field("access-control-allow-headers") == "authorization, content-type, x-stainless-os")
            #expect(answer.field("access-control-max-age") == "600")
            #expect(answer.field("vary") == "Origin, Access-Control-Request-Method, Access-Control-Request-Headers")
            #expect(answer.field("access-control-allow-credentials") == nil)
            #expect(answer.field("access-control-allow-private-network") == nil)
            #expect(answer.field("content-length") == nil && answer.field("tacit-request-id") != nil)
        }
        #expect(upstream.connections == 0)
        #expect(fixture.table.usedRequests(session: fixture.session.id) == 0)
        await fixture.stop(upstream)
    }

    @Test func aPrivateNetworkIsOpenToAllowedOriginsOnly() async throws {
        let (fixture, upstream) = try await fixture()
        let asks = Self.question + "Access-Control-Request-Private-Network: true\r\n"
        #expect(try ask(fixture, "Origin: \(Self.origin)\r\n" + asks).field("access-control-allow-private-network") == "true")
        #expect(try ask(fixture, "Origin: https://evil.example\r\n" + asks).field("access-control-allow-private-network") == nil)
        await fixture.stop(upstream)
    }

    @Test(
        arguments: [
            "Access-Control-Request-Method: POST\r\n", "Access-Control-Request-Method:\r\n", "Access-Control-Request-Method: A B\r\n",
            "Access-Control-Request-Method: A,B\r\n", "Access-Control-Request-Headers: a b\r\n", "Access-Control-Request-Headers: a;b\r\n",
            "Access-Control-Request-Method: \(String(repeating: "A", count: 33))\r\n",
            "Access-Control-Request-Headers: a\r\nAccess-Control-Request-Headers: b\r\n",
            "Access-Control-Request-Headers: \((0..<65).map { "x\($0)" }.joined(separator: ","))\r\n", "Origin: https://app.example\r\n",
        ])
    func aQuestionThatCannotBeReadIsRefused(_ fields: String) async throws {
        let (fixture, upstream) = try await fixture()
        let rest = fields.contains("Request-Method") && !fields.hasSuffix(": POST\r\n") ? "" : "Access-Control-Request-Method: POST\r\n"
        let answer = try ask(fixture, "Origin: \(Self.origin)\r\n" + rest + fields)
        #expect(answer.status == 400)
        #expect(answer.code == "ambiguous_request")
        await fixture.stop(upstream)
    }

    @Test func optionsThatAskNothingNeedAToken() async throws {
        let (fixture, upstream) = try await fixture()
        #expect(try ask(fixture, "Origin: \(Self.origin)\r\n").code == "token_missing")
        #expect(try ask(fixture, Self.question).code == "token_missing")
        #expect(try ask(fixture, "Origin: \(Self.origin)\r\nCookie: a=tct_\r\n" + Self.question).code == "token_misplaced")
        #expect(upstream.connections == 0)
        // With a token it is a call like any other.
        #expect(try fixture.get("/openai/v1", "Origin: \(Self.origin)\r\n" + Self.question, method: "OPTIONS").text == "ok")
        #expect(upstream.requests.count == 1)
        #expect(upstream.requests.first?.head.lowercased().contains("access-control") == false)
        await fixture.stop(upstream)
    }

    @Test func theConnectionGoesOnAfterAPreflightAndItsBody() async throws {
        let (fixture, upstream) = try await fixture()
        let client = try fixture.client()
        let question = "OPTIONS /openai/v1 HTTP/1.1\r\nHost: 127.0.0.1:\(fixture.port)\r\nOrigin: \(Self.origin)\r\n\(Self.question)"
        client.send(question + "Content-Length: 3\r\n\r\nabc" + fixture.head("GET /openai/v1", "Origin: \(Self.origin)\r\n") + "\r\n")
        #expect(try client.readAnswer().status == 204)
        #expect(try client.readAnswer().text == "ok")
        let foreign = try fixture.client()
        foreign.send(question.replacing("Host: 127.0.0.1:\(fixture.port)", with: "Host: evil.example") + "\r\n")
        #expect(try foreign.readAnswer().status == 421)
        await fixture.stop(upstream)
    }

    @Test func anOriginIsForgottenWithItsSession() async throws {
        let (fixture, upstream) = try await fixture()
        #expect(try ask(fixture, "Origin: \(Self.origin)\r\n" + Self.question).status == 204)
        fixture.table.end(session: fixture.session.id)
        #expect(try ask(fixture, "Origin: \(Self.origin)\r\n" + Self.question).status == 403)
        let refused = try fixture.get("/openai/v1", "Origin: \(Self.origin)\r\n")
        #expect(refused.code == "session_revoked")
        #expect(crossOriginFields(refused).isEmpty)
        await fixture.stop(upstream)
    }

    // MARK: Answers

    @Test func answersToAnAllowedOriginCanBeReadAndSayOurOwnFieldsOnly() async throws {
        let (fixture, upstream) = try await fixture()
        for (origin, method) in [(Self.origin, "GET"), ("http://localhost:3000", "HEAD")] {
            let answer = try fixture.get("/openai/v1", "Origin: \(origin)\r\n", method: method)
            #expect(answer.status == 200)
            let fields = RawMessage.fields(answer.head).filter { $0.name.hasPrefix("access-control-") || $0.name == "vary" }
            #expect(fields.map(\.name) == ["vary", "access-control-allow-origin", "access-control-expose-headers", "vary"])
            #expect(fields.map(\.value)[1] == origin)
            let exposed = fields[2].value.split(separator: ", ")
            for name in ["tacit-request-id", "tacit-key", "server-timing", "retry-after", "x-request-id", "request-id"] {
                #expect(exposed.contains(Substring(name)))
            }
        }
        let plain = try fixture.get("/openai/v1")
        #expect(crossOriginFields(plain).isEmpty)
        #expect(plain.field("vary") == "Accept")
        #expect(upstream.requests.allSatisfy { $0.field("origin") == nil })
        await fixture.stop(upstream)
    }

    @Test func refusalsCanBeReadByAnAllowedOrigin() async throws {
        let (fixture, upstream) = try await fixture { $0.methods = ["GET"] }
        let stranger = "tct_" + String(repeating: "A", count: 64)
        for (answer, code) in [
            (try fixture.get("/openai/v1", "Origin: \(Self.origin)\r\n", method: "POST"), "method_not_allowed"),
            (try fixture.get("/openai/v1", token: stranger, "Origin: \(Self.origin)\r\n"), "token_unknown"),
            (try fixture.get("/openai/../v1", "Origin: \(Self.origin)\r\n"), "ambiguous_request"),
        ] {
            #expect(answer.code == code)
            #expect(answer.field("access-control-allow-origin") == Self.origin)
            #expect(answer.field("vary") == "Origin")
        }
        await upstream.stop()
        let dead = try fixture.get("/openai/v1", "Origin: \(Self.origin)\r\n")
        #expect(dead.code == "upstream_unreachable")
        #expect(dead.field("access-control-allow-origin") == Self.origin)
        await fixture.stop(nil)
    }
}
