import Model
import Testing

@Suite("Path prefixes")
struct PathPrefixTests {
    @Test(
        "that could mean two things are refused",
        arguments: [
            "", "/", "//", "a", "a/b", "//a", "/a//b", "/.", "/..", "/a/.", "/a/..", "/a/../b", "/./a", "/a/./b", "/a%2fb", "/a%2Fb",
            "/a%5cb",
            "/a%5Cb", "/a%2e", "/a%2E%2e", "/a%00", "/a\\b", "/a?b", "/a#b", "/a b", "/a\tb", "/a\r\nb", "/ä", "/a\u{301}", "/\u{301}a",
            "/a\0b", "/a\u{7f}",
            "/" + String(repeating: "a", count: 1024),
        ])
    func refuses(text: String) {
        #expect(throws: ModelError(.invalidDestination, "")) { _ = try PathPrefix(text) }
    }

    @Test(
        "are kept as written, without a slash at the end",
        arguments: [
            ("/v1", "/v1"), ("/v1/", "/v1"), ("/v1//", "/v1"), ("/a/b.c", "/a/b.c"), ("/a%20b", "/a%20b"), ("/...", "/..."),
            ("/v1beta/models:x", "/v1beta/models:x"), ("/.well-known", "/.well-known"),
        ])
    func canonical(text: String, expected: String) throws {
        #expect(try PathPrefix(text).text == expected)
    }

    @Test("are ordered by bytes")
    func order() throws {
        let sorted = try ["/b", "/a/b", "/a", "/a-b", "/B", "/a%20"].map { try PathPrefix($0) }.sorted().map(\.text)
        #expect(sorted == ["/B", "/a", "/a%20", "/a-b", "/a/b", "/b"])
    }
}
