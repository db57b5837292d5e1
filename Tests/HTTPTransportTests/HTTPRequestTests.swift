import SecretMemory
import Testing

@testable import HTTPTransport

@Suite struct HTTPRequestTests {
    @Test(arguments: ["", "get", "GE T", "GET\r\n", "CONNECT", "ABCDEFGHIJKLMNOPQ", "G\u{0}"])
    func refusesMethods(_ method: String) {
        #expect(throws: HTTPTransportError.self) { try HTTPRequest(method: method, path: "/").check() }
    }

    @Test(arguments: ["", "a", "//a b", "/a#b", "/a\r\nX: y", "/\u{0}", "/ü", "/a\\b", "/<", "http://host/", "/\"", "/{a}"])
    func refusesPaths(_ path: String) {
        #expect(throws: HTTPTransportError.self) { try HTTPRequest(method: "GET", path: path).check() }
    }

    @Test(arguments: [
        ("", "x"), ("A b", "x"), ("A:", "x"), ("A", "x\r\nB: y"), ("A", "x\u{0}"), ("A", "ü"), ("Host", "evil"), ("content-length", "1"),
        ("Transfer-Encoding", "chunked"), ("Connection", "close"), ("Expect", "100-continue"), ("Upgrade", "h2c"), ("A\r\nB", "x"),
    ])
    func refusesHeaders(_ name: String, _ value: String) {
        #expect(throws: HTTPTransportError.self) { try HTTPRequest(method: "GET", path: "/", headers: [(name, value)]).check() }
    }

    @Test(arguments: ["with space", "line\r\nbreak", "zero\u{0}", "ümlaut"])
    func refusesSecretHeaderValues(_ value: String) {
        #expect(throws: HTTPTransportError.self) { _ = try HTTPSecretHeader.bearer(SecretBytes(text: value)) }
    }

    @Test func refusesSecretHeaderNamesPrefixesAndLengths() {
        let value = "secret"
        #expect(throws: HTTPTransportError.self) { _ = try HTTPSecretHeader(name: "Host", value: SecretBytes(text: value)) }
        #expect(throws: HTTPTransportError.self) { _ = try HTTPSecretHeader(name: "A\nB", value: SecretBytes(text: value)) }
        #expect(throws: HTTPTransportError.self) { _ = try HTTPSecretHeader(name: "A", prefix: "x\n", value: SecretBytes(text: value)) }
        let long = String(repeating: "a", count: 16_385)
        #expect(throws: HTTPTransportError.self) { _ = try HTTPSecretHeader.bearer(SecretBytes(text: long)) }
    }

    @Test func errorsOfASecretHeaderDoNotHoldItsValue() throws {
        let error = #expect(throws: HTTPTransportError.self) { _ = try HTTPSecretHeader.bearer(SecretBytes(text: "hunter2 x")) }
        #expect(try !#require(error).description.contains("hunter2"))
    }

    @Test func takesQueriesAndEscapesAsTheyAre() throws {
        try HTTPRequest(method: "PATCH", path: "/v1/a%2Fb/../c?x=y&z=[".replacing("[", with: "%5B")).check()
    }
}
