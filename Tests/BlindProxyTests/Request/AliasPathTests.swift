import HTTPWire
import Testing

@testable import BlindProxy

@Suite struct AliasPathTests {
    private func cut(_ target: String) throws -> (alias: String, rest: String, isPlain: Bool) {
        let (head, bytes) = try parsedRequest("GET \(target) HTTP/1.1\r\nHost: x\r\n\r\n")
        let path = try AliasPath(head.target, in: bytes.span)
        return (
            String(decoding: bytes[path.alias.bounds], as: UTF8.self), String(decoding: bytes[path.rest.bounds], as: UTF8.self),
            path.isPlain
        )
    }

    @Test(
        arguments: [
            "/openai/../admin", "/openai/%2e%2e/admin", "/openai//v1", "/openai/./v1", "/openai/..;x/v1", "/openai/v1%00", "/../openai",
            "/openai/%252e%252e/x", "/openai/.%2e", "//openai/v1", "/openai/%5c..%5cx",
        ])
    func refusesPathsThatCouldBeOthers(_ target: String) {
        #expect(throws: ProxyError.pathRefused) { try cut(target) }
    }

    @Test(arguments: ["/", "/OpenAI/v1", "/open%61i/v1", "/\(String(repeating: "a", count: 33))/v1", "/a_b/v1"])
    func seesNoAliasWhereNoneIs(_ target: String) throws {
        #expect(try cut(target).alias == "")
    }

    @Test func cutsAliasAndRest() throws {
        #expect(try cut("/openai/v1/chat?x=1") == ("openai", "/v1/chat", true))
        #expect(try cut("/openai") == ("openai", "", true))
        #expect(try cut("/openai/") == ("openai", "/", true))
        #expect(try cut("/a-1/v1/models/org%2Fname") == ("a-1", "/v1/models/org%2Fname", false))
    }
}
