import Model
import Testing

@Suite("Injections")
struct InjectionTests {
    @Test(
        "are refused for templates that name no key, two, or no good header",
        arguments: [
            "", "Authorization", "Authorization: Bearer", "Authorization: {key} {key}", "{key}", "{key}: x", ": {key}", "X Api: {key}",
            "Höst: {key}",
            "Host: {key}", "host: {key}", "Content-Length: {key}", "Transfer-Encoding: {key}", "Connection: {key}", "Upgrade: {key}",
            "TE: {key}", "Trailer: {key}",
            "Expect: {key}", "Cookie: {key}", "Proxy-Authorization: {key}", "X-Forwarded-For: {key}", "Tacit-Key: {key}", "Via: {key}",
            "X-Key: a\r\nb: {key}", "X-Key: \0{key}", "X-Key: ä{key}", "X-Key: " + String(repeating: "a", count: 257) + "{key}",
            String(repeating: "x", count: 65) + ": {key}",
        ])
    func refuses(template: String) {
        #expect(throws: ModelError(.invalidInjection, "")) { _ = try Injection(headerTemplate: template) }
    }

    @Test(
        "are read from templates",
        arguments: [
            ("Authorization: Bearer {key}", .header(name: "authorization", prefix: "Bearer ", suffix: "")),
            ("x-api-key:{key}", .header(name: "x-api-key", prefix: "", suffix: "")),
            ("X-Key:   Token {key};v=1", .header(name: "x-key", prefix: "Token ", suffix: ";v=1")),
            ("x-key: {KEY}{key}", .header(name: "x-key", prefix: "{KEY}", suffix: "")),
        ] as [(String, Injection)])
    func reads(template: String, expected: Injection) throws {
        #expect(try Injection(headerTemplate: template) == expected)
    }

    @Test(
        "that are not valid do not pass validation",
        arguments: [
            .query(name: ""), .query(name: "a b"), .query(name: "a=b"), .query(name: "a&b"), .query(name: "a%62"),
            .query(name: String(repeating: "a", count: 65)),
            .basic(user: "a:b"), .basic(user: "a\n"), .basic(user: "ä"), .basic(user: String(repeating: "a", count: 257)),
            .header(name: "X-Key", prefix: "", suffix: ""), .header(name: "x-key", prefix: "", suffix: "\r\n"),
        ] as [Injection])
    func refusesValues(injection: Injection) {
        #expect(throws: ModelError(.invalidInjection, "")) { _ = try injection.validated() }
    }

    @Test("come back from JSON, and are refused there for the same reasons")
    func json() throws {
        for injection in [.header(name: "x-key", prefix: "a", suffix: "b"), .query(name: "key"), .basic(user: "")] as [Injection] {
            #expect(try WireJSON.decode(Injection.self, from: WireJSON.encode(injection)) == injection)
        }
        for text in [
            #"{"kind":"header","name":"host","prefix":"","suffix":""}"#, #"{"kind":"header","name":"x-key"}"#, #"{"kind":"sigv4"}"#,
            #"{"kind":"query"}"#, "{}",
        ] {
            #expect(throws: ModelError(.malformed, "")) { _ = try WireJSON.decode(Injection.self, from: Array(text.utf8)) }
        }
        #expect(throws: ModelError(.unknownField, "")) {
            _ = try WireJSON.decode(Injection.self, from: Array(#"{"kind":"query","name":"key","user":"x"}"#.utf8))
        }
    }
}
