import Model
import Testing

@Suite("Host names")
struct HostNameTests {
    @Test(
        "that could mean two things, or nothing, are refused",
        arguments: [
            "", ".", "a.", "a.example.", ".a", "a..b", "127.1", "127.0.1", "2130706433", "0x7f.1", "0x7f000001", "0X7F.0.0.1",
            "127.0.0.0x1",
            "0177.0.0.1", "127.0.0.01", "256.0.0.1", "1.2.3.4.5", "a.1", "a.0x1", "-a.example", "a-.example", "a b.example", "a/b", "a\\b",
            "a@b",
            "a?b", "a#b", "a%2eb", "a:80", "exämple.com", "\u{ff41}.example", "a\u{212a}.example", "a\u{200d}.example", "a\u{3002}example",
            "a\0.example", "[a.example]", "[127.0.0.1]", "[::1", "::1]", "[]", ":", ":::", "::1::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9",
            "fe80::1%eth0",
            "fe80::1%25eth0", "[fe80::1%eth0]", "::g", "::1.2.3", "12345::",
            String(repeating: "a", count: 64) + ".example", Array(repeating: "a", count: 128).joined(separator: "."),
        ])
    func refuses(text: String) {
        #expect(throws: ModelError(.invalidDestination, "")) { _ = try HostName(text) }
    }

    @Test(
        "are kept in one form",
        arguments: [
            ("api.openai.com", "api.openai.com", HostName.Kind.name), ("API.OpenAI.COM", "api.openai.com", .name),
            ("localhost", "localhost", .name),
            ("xn--exmple-cua.com", "xn--exmple-cua.com", .name), ("a_b.example", "a_b.example", .name), ("1.example", "1.example", .name),
            ("127.0.0.1", "127.0.0.1", .ipv4),
            ("255.255.255.255", "255.255.255.255", .ipv4), ("::1", "::1", .ipv6), ("[::1]", "::1", .ipv6),
            ("[2001:DB8::1]", "2001:db8::1", .ipv6),
            ("2001:0db8:0:0:0:0:0:1", "2001:db8::1", .ipv6), ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1", .ipv6),
            ("::ffff:1.2.3.4", "::ffff:1.2.3.4", .ipv6),
            ("::ffff:102:304", "::ffff:1.2.3.4", .ipv6), ("0:0:0:0:0:0:0:0", "::", .ipv6), ("1:0:0:2:0:0:0:3", "1:0:0:2::3", .ipv6),
        ])
    func canonical(text: String, expected: String, kind: HostName.Kind) throws {
        let host = try HostName(text)
        #expect(host.text == expected)
        #expect(host.kind == kind)
        #expect(try HostName(host.urlText) == host)
        #expect(host.urlText == (kind == .ipv6 ? "[\(expected)]" : expected))
    }
}
