import Model
import Testing

@Suite("Destinations")
struct DestinationTests {
    @Test(
        "are refused for URLs that are not plainly one",
        arguments: [
            "", "https", "https:", "https:/", "https://", "https:///v1", "ftp://a.example", "a.example", "//a.example",
            " https://a.example", "https://a.example ",
            "https://a.example:0", "https://a.example:65536", "https://a.example:", "https://a.example:+443", "https://a.example:4 43",
            "https://a.example:٤٤٣",
            "https://u@a.example", "https://u:p@a.example", "https://a.example?x=y", "https://a.example#f", "https://a.example/v1?x=y",
            "https://a.example/v1#f",
            "https://a.example\\@b.example", "https://a.example/v1/../x", "https://a.example//v1", "https://a.example/v1//x",
            "https://a.example/%2e%2e/x",
            "https://127.1/v1", "https://0x7f.1", "https://a.example./v1", "https://exämple.com", "https://::1", "https://[::1",
            "https://[::1]x", "https://[::1%25lo]", "https://a\t.example",
        ])
    func refuses(url: String) {
        #expect(throws: ModelError(.invalidDestination, "")) { _ = try Destination(url: url) }
    }

    @Test("over http are refused unless plaintext was allowed")
    func refusesPlaintext() throws {
        #expect(throws: ModelError(.invalidDestination, "")) { _ = try Destination(url: "http://a.example") }
        #expect(throws: ModelError(.invalidDestination, "")) { _ = try Destination(url: "HTTP://a.example") }
        #expect(try Destination(url: "http://a.example", allowsPlaintext: true).port == 80)
    }

    @Test("with more than 256 prefixes are refused")
    func refusesManyPrefixes() throws {
        let prefixes = try (0..<257).map { try PathPrefix("/\($0)") }
        #expect(throws: ModelError(.invalidDestination, "")) { _ = try Destination(url: "https://a.example", allowedPrefixes: prefixes) }
        #expect(throws: ModelError(.invalidDestination, "")) { _ = try Destination(url: "https://a.example", deniedPrefixes: prefixes) }
    }

    @Test(
        "are read into their parts and written in one form",
        arguments: [
            ("https://api.openai.com/v1", "https://api.openai.com/v1", 443, "/v1"),
            ("HTTPS://API.OpenAI.com:443/v1/", "https://api.openai.com/v1", 443, "/v1"),
            ("https://a.example", "https://a.example", 443, nil), ("https://a.example/", "https://a.example", 443, nil),
            ("https://a.example:8443/x/y", "https://a.example:8443/x/y", 8443, "/x/y"),
            ("https://127.0.0.1:9", "https://127.0.0.1:9", 9, nil), ("https://[::1]", "https://[::1]", 443, nil),
            ("https://[2001:DB8:0::1]:8443/v1", "https://[2001:db8::1]:8443/v1", 8443, "/v1"),
        ] as [(String, String, UInt16, String?)])
    func reads(url: String, expected: String, port: UInt16, basePath: String?) throws {
        let destination = try Destination(url: url)
        #expect(destination.url == expected)
        #expect(destination.port == port)
        #expect(destination.basePath?.text == basePath)
        #expect(try Destination(url: destination.url) == destination)
    }

    @Test("keep prefixes as a set")
    func prefixesAreASet() throws {
        let a = try PathPrefix("/a")
        let b = try PathPrefix("/b")
        #expect(
            try Destination(url: "https://x.example", allowedPrefixes: [b, a, b])
                == Destination(url: "https://x.example", allowedPrefixes: [a, b]))
    }

    @Test("come back from JSON, and are refused there for the same reasons")
    func json() throws {
        let destination = try Destination(
            url: "http://127.0.0.1:8080/v1", allowedPrefixes: [PathPrefix("/a")], deniedPrefixes: [PathPrefix("/b")],
            allowsPrivateAddresses: true,
            allowsPlaintext: true)
        let bytes = try WireJSON.encode(destination)
        #expect(try WireJSON.decode(Destination.self, from: bytes) == destination)
        let text = String(decoding: bytes, as: UTF8.self)
        for (part, other) in [
            ("\"allow_plaintext\":true", "\"allow_plaintext\":false"), ("127.0.0.1", "127.1"), ("\"allow_private\":true,", ""),
            ("[\"/a\"]", "[\"a\"]"),
        ] {
            let altered = text.replacing(part, with: other)
            #expect(altered != text)
            #expect(throws: ModelError(.malformed, "")) { _ = try WireJSON.decode(Destination.self, from: Array(altered.utf8)) }
        }
    }
}
