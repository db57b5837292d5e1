import HTTPWire
import Model
import Testing

@testable import BlindProxy

@Suite struct LocationRewriterTests {
    private func decide(_ location: String, base: String) throws -> String? {
        let rewriter = LocationRewriter(destination: try Destination(url: base, allowsPlaintext: true))
        let bytes = Array(location.utf8)
        return switch rewriter.decide(ByteRange(0, bytes.count), in: bytes.span) {
        case .refused: nil
        case .unchanged: location
        case .rewritten(let suffix): "/alias" + String(decoding: bytes[suffix.bounds], as: UTF8.self)
        }
    }

    @Test(
        arguments: [
            "https://evil.example/v1/x", "http://api.example.com/v1/x", "https://api.example.com:444/v1/x", "//evil.example/v1",
            "https://api.example.com@evil.example/v1", "https://api.example.com.evil.example/v1", "https://api.example.com/other",
            "/other", "/v1x", "/v1/../admin", "/v1/%2e%2e/admin", "/v1//x", "../x", "a/../../b", "..", "%2e%2e/x", "https:/v1/x",
            "https:v1",
            "javascript:alert(1)", "\\\\evil.example\\", "/v1\\..\\x", "/v1/ x", "", "HTTPS://API.EXAMPLE.COM", "ftp://api.example.com/v1",
        ])
    func refusesWhatLeavesTheDestination(_ location: String) throws {
        #expect(try decide(location, base: "https://api.example.com/v1") == nil)
    }

    @Test(
        arguments: [
            ("https://api.example.com/v1/x?y=1#z", "/alias/x?y=1#z"), ("https://api.example.com:443/v1", "/alias"),
            ("HTTPS://API.Example.com/v1/x", "/alias/x"), ("//api.example.com/v1/x", "/alias/x"), ("/v1/x", "/alias/x"),
            ("/v1?a", "/alias?a"),
            ("x/y", "x/y"), ("?page=2", "?page=2"), ("#f", "#f"),
        ])
    func rewritesWhatStaysInside(_ location: String, _ expected: String) throws {
        #expect(try decide(location, base: "https://api.example.com/v1") == expected)
    }

    @Test func withoutABasePathEveryPathIsInside() throws {
        #expect(try decide("/anything", base: "https://api.example.com") == "/alias/anything")
        #expect(try decide("https://api.example.com", base: "https://api.example.com") == "/alias")
        #expect(try decide("http://[::1]:8080/x", base: "http://[::1]:8080") == "/alias/x")
        #expect(try decide("http://[::1]/x", base: "http://[::1]:8080") == nil)
    }
}
