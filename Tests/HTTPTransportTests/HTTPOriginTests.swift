import HTTPTransport
import Testing

@Suite struct HTTPOriginTests {
    @Test(arguments: [
        "", "127.0.0.1:8700", "ftp://host", "HTTP://host", "unix:", "unix:a\0b", "http://", "http://:80", "http://host:", "http://host:0",
        "http://host:65536", "http://host:+80", "http://host:８０", "http://user@host", "http://user:pass@host:80", "http://host/path",
        "http://host//", "http://host?x", "http://host#x", "http://ho st", "http://host\r\n", "http://bücher.example", "http://a..b",
        "http://host.", "http://-a", "http://::1", "http://[::1", "http://[::1]x", "http://[fe80::1%25eth0]", "http://[127.0.0.1]",
        "http://127.1", "http://0x7f.0.0.1", "http://0x7f000001", "http://2130706433", "http://127.0.0.01", "http://1.2.3.256",
        "http://%6cocalhost", "http://a\\b", "https://host:443:443",
    ])
    func refusesWhatIsNoOrigin(_ text: String) {
        #expect {
            try HTTPOrigin.parse(text)
        } throws: { error in
            guard case HTTPTransportError.invalidURL = error else { return false }
            return true
        }
    }

    @Test func refusesASocketPathLongerThanTheKernelTakes() throws {
        #expect(throws: HTTPTransportError.self) { try HTTPOrigin.parse("unix:/" + String(repeating: "a", count: 107)) }
        _ = try HTTPOrigin.parse("unix:/" + String(repeating: "a", count: 106))
    }

    @Test func keepsPasswordsOutOfItsErrors() throws {
        let error = #expect(throws: HTTPTransportError.self) { try HTTPOrigin.parse("http://user:hunter2@host") }
        #expect(try !#require(error).description.contains("hunter2"))
    }

    @Test(arguments: [
        ("unix:/run/tacit/control.sock", "unix"),
        ("http://127.0.0.1:8700", "http://127.0.0.1:8700"),
        ("http://127.0.0.1:8700/", "http://127.0.0.1:8700"),
        ("http://LocalHost", "http://localhost:80"),
        ("https://Broker.Example", "https://broker.example:443"),
        ("https://broker.example:08443", "https://broker.example:8443"),
        ("https://[0:0:0:0:0:0:0:1]:8700", "https://[::1]:8700"),
        ("https://[::1]", "https://[::1]:443"),
    ])
    func namesTheOriginALoginSignatureCovers(_ text: String, _ login: String) throws {
        let origin = try HTTPOrigin.parse(text)
        #expect(origin.loginOrigin == login)
        #expect(try HTTPOrigin.parse(origin.description) == origin)
    }

    @Test(arguments: [
        ("unix:/a", true, false), ("http://127.0.0.1", true, false), ("http://127.9.9.9", true, false), ("http://[::1]", true, false),
        ("http://localhost", true, false), ("http://a.localhost", true, false), ("https://localhost", true, false),
        ("https://example.com", false, false), ("http://example.com", false, true), ("http://notlocalhost", false, true),
        ("http://127.example", false, true), ("http://127.0.0.1.example", false, true), ("http://10.0.0.1", false, true),
        ("http://[::ffff:127.0.0.1]", false, true),
    ])
    func knowsWhatStaysOnThisMachine(_ text: String, _ isLocal: Bool, _ isPlaintext: Bool) throws {
        let origin = try HTTPOrigin.parse(text)
        #expect(origin.isLocal == isLocal)
        #expect(origin.isPlaintextOnNetwork == isPlaintext)
    }
}
