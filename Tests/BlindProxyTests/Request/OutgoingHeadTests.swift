import HTTPWire
import Model
import Testing

@testable import BlindProxy

@Suite struct OutgoingHeadTests {
    private static let token = "tct_" + String(repeating: "A", count: 64)

    private func outgoing(
        _ request: String, base: String = "https://api.example.com", _ injection: Injection, key: String = "sk-1"
    ) throws -> String {
        let (head, bytes) = try parsedRequest(request)
        let destination = try Destination(url: base, allowsPlaintext: true)
        let finder = try CredentialFinder(head, in: bytes.span)
        let writer = OutgoingHead(
            head: head, path: try AliasPath(head.target, in: bytes.span), target: UpstreamTarget(destination, injection),
            tokenIsInQuery: finder.isInQuery)
        let key = Array(key.utf8)
        return try written(capacity: writer.capacity(keyCount: key.count)) { try writer.write(bytes.span, key: key.span, to: &$0) }
    }

    private let bearer = Injection.header(name: "authorization", prefix: "Bearer ", suffix: "")

    @Test(arguments: ["a\r\nX: y", "a\nb", "a\0b", "\u{7f}"])
    func refusesAKeyThatWouldEndAHeader(_ key: String) {
        #expect(throws: HTTPWireError.controlByte) {
            try outgoing("GET /a/b HTTP/1.1\r\nHost: x\r\nx-api-key: \(Self.token)\r\n\r\n", bearer, key: key)
        }
    }

    @Test func dropsEverythingThatMustNotTravel() throws {
        let head = try outgoing(
            """
            POST /openai/v1/chat?stream=true HTTP/1.1\r
            Host: 127.0.0.1:8701\r
            Authorization: Bearer \(Self.token)\r
            X-Api-Key: \(Self.token)\r
            Connection: keep-alive, X-Private\r
            X-Private: 1\r
            Keep-Alive: 5\r
            TE: trailers\r
            Trailer: x\r
            Upgrade: h2c\r
            Proxy-Authorization: x\r
            Origin: https://a.example\r
            Referer: https://a.example/x\r
            Cookie: a=b\r
            X-Forwarded-For: 1.2.3.4\r
            Forwarded: for=1.2.3.4\r
            Via: 1.1 x\r
            X-HTTP-Method-Override: DELETE\r
            X-Original-URL: /admin\r
            Accept-Encoding: gzip\r
            Expect: 100-continue\r
            Tacit-Key: x\r
            User-Agent: OpenAI/Python\r
            Content-Type: application/json\r
            X-Stainless-Lang:   python\r
            Content-Length: 5\r
            \r

            """, bearer)
        #expect(
            head == """
                POST /v1/chat?stream=true HTTP/1.1\r
                Host: api.example.com\r
                authorization: Bearer sk-1\r
                User-Agent: OpenAI/Python\r
                Content-Type: application/json\r
                X-Stainless-Lang: python\r
                Accept-Encoding: identity\r
                Content-Length: 5\r
                Expect: 100-continue\r
                \r

                """)
    }

    @Test func theClientCannotSetTheInjectedHeaderToo() throws {
        let head = try outgoing(
            "GET /a/b HTTP/1.1\r\nHost: x\r\nx-api-key: \(Self.token)\r\nX-My-Key: mine\r\nConnection: x-my-key\r\n\r\n",
            .header(name: "x-my-key", prefix: "", suffix: ";v=1"))
        #expect(head == "GET /b HTTP/1.1\r\nHost: api.example.com\r\nx-my-key: sk-1;v=1\r\nAccept-Encoding: identity\r\n\r\n")
    }

    @Test func injectsIntoTheQueryAfterTheClientsParameters() throws {
        let head = try outgoing(
            "GET /g/v1?alt=sse&key=\(Self.token)&a=b HTTP/1.1\r\nHost: x\r\n\r\n", .query(name: "key"), key: "a+b/c")
        #expect(head.hasPrefix("GET /v1?alt=sse&a=b&key=a%2Bb%2Fc HTTP/1.1\r\n"))
        let encoded = try outgoing(
            "GET /g/v1?%6bey=other HTTP/1.1\r\nHost: x\r\nx-goog-api-key: \(Self.token)\r\n\r\n", .query(name: "key"))
        #expect(encoded.hasPrefix("GET /v1?key=sk-1 HTTP/1.1\r\n"))
    }

    @Test func aTokenInTheQueryGoesNowhereWhenTheKeyIsAHeader() throws {
        let head = try outgoing("GET /g/v1?key=\(Self.token) HTTP/1.1\r\nHost: x\r\n\r\n", bearer)
        #expect(head.hasPrefix("GET /v1 HTTP/1.1\r\n"))
        #expect(!head.contains("tct_"))
    }

    @Test func injectsBasic() throws {
        for (key, text) in [("open sesame", "dXNlcjpvcGVuIHNlc2FtZQ=="), ("abc", "dXNlcjphYmM="), ("abcd", "dXNlcjphYmNk")] {
            let head = try outgoing("GET /a/b HTTP/1.1\r\nHost: x\r\nx-api-key: \(Self.token)\r\n\r\n", .basic(user: "user"), key: key)
            #expect(head.contains("authorization: Basic \(text)\r\n"))
        }
    }

    @Test func putsTheBasePathInFront() throws {
        let request = "GET /a/models HTTP/1.1\r\nHost: x\r\nx-api-key: \(Self.token)\r\n\r\n"
        #expect(try outgoing(request, base: "https://api.example.com/openai/v1", bearer).hasPrefix("GET /openai/v1/models HTTP/1.1\r\n"))
        let bare = "GET /a HTTP/1.1\r\nHost: x\r\nx-api-key: \(Self.token)\r\n\r\n"
        #expect(try outgoing(bare, bearer).hasPrefix("GET / HTTP/1.1\r\n"))
        #expect(try outgoing(bare, base: "http://[::1]:8080/v1", bearer).hasPrefix("GET /v1 HTTP/1.1\r\nHost: [::1]:8080\r\n"))
    }

    @Test func framesChunkedBodiesAnew() throws {
        let head = try outgoing(
            "POST /a/b HTTP/1.1\r\nHost: x\r\nx-api-key: \(Self.token)\r\nTransfer-Encoding: chunked\r\n\r\n", bearer)
        #expect(head.hasSuffix("Accept-Encoding: identity\r\nTransfer-Encoding: chunked\r\n\r\n"))
    }

    @Test func theLongestHeadFitsItsCapacity() throws {
        let key = String(repeating: "\"", count: 16_384)
        let head = try outgoing(
            "GET /a/b?x=1 HTTP/1.1\r\nHost: x\r\nx-api-key: \(Self.token)\r\n\r\n", base: "https://h", .query(name: "k"), key: key)
        #expect(head.contains("&k=" + String(repeating: "%22", count: 16_384)))
    }
}
