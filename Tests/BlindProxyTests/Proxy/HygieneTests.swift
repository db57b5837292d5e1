import Model
import NIOCore
import Testing

@testable import BlindProxy

/// Header fields, paths and hosts: what reaches an upstream, and what does not, on real sockets.
@Suite struct HygieneTests {
    private func fixture(
        _ injection: Injection = .header(name: "authorization", prefix: "Bearer ", suffix: ""),
        answer: String = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
    ) async throws -> (ProxyFixture, TestUpstream) {
        let upstream = try await TestUpstream(nil) { _, channel in channel.send(answer) }
        return (try await ProxyFixture(url: "http://127.0.0.1:\(upstream.port)", injection: injection), upstream)
    }

    @Test(arguments: ["authorization", "x-api-key", "x-custom"])
    func connectionCannotNameTheInjectedField(_ name: String) async throws {
        let (fixture, upstream) = try await fixture(.header(name: name, prefix: "", suffix: ""))
        let answer = try fixture.get(
            "/openai/v1", "Connection: close, \(name), Authorization\r\n" + (name == "x-custom" ? "X-Custom: mine\r\n" : ""))
        #expect(answer.status == 200)
        let request = try #require(upstream.requests.first)
        #expect(RawMessage.fields(request.head).filter { $0.name == name }.map(\.value) == [ProxyFixture.value])
        #expect(request.field("connection") == nil && !request.head.contains("tct_"))
        await fixture.stop(upstream)
    }

    @Test(arguments: ["Content-Length", "Transfer-Encoding", "Host", "Content-Type"])
    func connectionCannotNameWhatAMessageIsReadBy(_ name: String) async throws {
        let (fixture, upstream) = try await fixture()
        let client = try fixture.client()
        client.send(fixture.head("POST /openai/v1", "Connection: \(name)\r\nContent-Length: 3\r\n") + "\r\nabc")
        #expect(try client.readAnswer().code == "ambiguous_request")
        #expect(upstream.connections == 0)
        await fixture.stop(upstream)
    }

    @Test(
        arguments: [
            "X-Note: TOKEN\r\n", "X-Note: tct_\r\n", "TCT: tct_x\r\n", "tct_x: y\r\n", "Cookie: session=TOKEN\r\n",
            "Referer: https://a/TOKEN\r\n",
            "User-Agent: a/TOKEN\r\n", "Authorization: Basic TOKEN\r\n", "Connection: TOKEN\r\n", "X-Forwarded-For: TOKEN\r\n",
        ])
    func aTokenAnywhereElseInTheHeadIsRefused(_ field: String) async throws {
        let (fixture, upstream) = try await fixture()
        let answer = try fixture.get("/openai/v1", field.replacing("TOKEN", with: fixture.token))
        #expect(answer.status == 400)
        #expect(answer.code == "token_misplaced")
        #expect(try fixture.get("/openai/\(fixture.token)").code == "token_misplaced")
        #expect(try fixture.get("/openai/v1?a=\(fixture.token)").code == "token_misplaced")
        #expect(upstream.connections == 0)
        await fixture.stop(upstream)
    }

    @Test func trailersOfRequestsAreDropped() async throws {
        let (fixture, upstream) = try await fixture()
        let client = try fixture.client()
        client.send(
            fixture.head("POST /openai/v1", "Transfer-Encoding: chunked\r\nTrailer: Authorization\r\n")
                + "\r\n3\r\nabc\r\n0\r\nAuthorization: Bearer \(fixture.token)\r\nX-A: b\r\n\r\n")
        #expect(try client.readAnswer().status == 200)
        let request = try #require(upstream.requests.first)
        #expect(String(decoding: request.rawBody, as: UTF8.self) == "3\r\nabc\r\n0\r\n\r\n")
        #expect(request.field("trailer") == nil)
        await fixture.stop(upstream)
    }

    @Test func fieldsThatActOnTheClientsOriginPassNeitherInHeadsNorInTrailers() async throws {
        let fields = [
            "Set-Cookie: a=b", "Set-Cookie2: a=b", "Access-Control-Allow-Origin: *", "Access-Control-Anything: x", "Alt-Svc: h3=\":443\"",
            "Clear-Site-Data: \"*\"", "Strict-Transport-Security: max-age=1", "Refresh: 0", "Tacit-Key: forged@1",
            "Proxy-Authenticate: Basic",
        ].joined(separator: "\r\n")
        let (fixture, upstream) = try await fixture(
            answer:
                "HTTP/1.1 200 OK\r\n\(fields)\r\nTrailer: Set-Cookie\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\(fields)\r\n\r\n"
        )
        let client = try fixture.client()
        client.send(fixture.head("GET /openai/v1", "Connection: close\r\n") + "\r\n")
        let all = try StreamTests.readToEnd(client)
        let head = all.firstRange(of: "\r\n\r\n").map { all[..<$0.lowerBound] } ?? ""
        #expect(all.hasSuffix("\r\n\r\n2\r\nok\r\n0\r\n\r\n"), "no trailer follows the last chunk")
        let names = RawMessage.fields(String(head)).map(\.name)
        for name in [
            "set-cookie", "set-cookie2", "access-control-allow-origin", "access-control-anything", "alt-svc", "clear-site-data",
            "strict-transport-security", "refresh", "trailer", "proxy-authenticate",
        ] {
            #expect(!names.contains(name))
        }
        #expect(RawMessage.fields(String(all)).filter { $0.name == "tacit-key" }.map(\.value) == ["openai@1"])
        await fixture.stop(upstream)
    }

    @Test(
        arguments: [
            "/openai/../admin", "/openai/v1/%2e%2e/admin", "/openai/v1/%2E./x", "/openai//v1", "/openai/v1//x", "/openai/v1/./x",
            "/openai/v1/..;a/x", "/openai/v1/%252e%252e/x", "/openai/v1/%c0%ae%c0%ae/x", "/openai/v1%00", "/openai/a%5c..%5cx",
            "/openai\\v1",
            "http://127.0.0.1/openai/v1", "https://evil.example/openai/v1", "127.0.0.1:80", "*", "openai/v1",
        ])
    func targetsThatCouldBeReadAsOthersReachNoUpstream(_ target: String) async throws {
        let (fixture, upstream) = try await fixture()
        let answer = try fixture.get(target)
        #expect(answer.status == 400)
        #expect(answer.code == "ambiguous_request")
        #expect(upstream.connections == 0)
        await fixture.stop(upstream)
    }

    @Test(arguments: ["evil.example", "127.0.0.1", "127.0.0.1:1", "localhost:PORT.evil.example", "user@127.0.0.1:PORT", "[::2]:PORT", ""])
    func aForeignHostReachesNoUpstream(_ host: String) async throws {
        let (fixture, upstream) = try await fixture()
        let client = try fixture.client()
        client.send(
            "GET /openai/v1 HTTP/1.1\r\nHost: \(host.replacing("PORT", with: "\(fixture.port)"))\r\nx-api-key: \(fixture.token)\r\n\r\n")
        #expect([400, 421].contains(try client.readAnswer().status))
        #expect(client.isAtEnd())
        #expect(upstream.connections == 0)
        await fixture.stop(upstream)
    }

    // MARK: Addresses

    @Test(arguments: [
        "http://169.254.169.254", "http://[fd00:ec2::254]", "http://[::ffff:169.254.169.254]", "http://100.100.100.200", "http://0.0.0.0",
    ])
    func metadataAddressesAreRefusedWhateverIsAllowed(_ url: String) async throws {
        let fixture = try await ProxyFixture(url: url) { $0.privateDestinations = [try CIDR("0.0.0.0/0"), try CIDR("::/0")] }
        let answer = try fixture.get("/openai/v1")
        #expect(answer.status == 502)
        #expect(answer.code == "destination_refused")
        await fixture.stop(nil)
    }

    /// What is checked is what is dialled: one lookup a connection, and an answer that changes afterwards matters to the next one only.
    @Test func anAnswerOfDNSThatChangesBetweenCheckAndUseCannotMatter() async throws {
        let upstream = try await TestUpstream(nil) { _, channel in
            channel.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
        }
        let lookups = Counter()
        let fixture = try await ProxyFixture(
            url: "http://rebinding.example:\(upstream.port)",
            names: .init { _ in
                lookups.add(1)
                // Also among good addresses a bad one is never dialled.
                return lookups.value == 1 ? [.v4(0xa9fe_a9fe), .v4(0x7f00_0001)] : [.v4(0xa9fe_a9fe)]
            })
        #expect(try fixture.get("/openai/v1").text == "ok")
        #expect(lookups.value == 1)
        #expect(try fixture.get("/openai/v1").code == "destination_refused")
        #expect(lookups.value == 2)
        #expect(upstream.connections == 1)
        await fixture.stop(upstream)
    }
}
