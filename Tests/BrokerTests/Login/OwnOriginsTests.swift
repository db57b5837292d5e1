import Broker
import Testing

struct OwnOriginsTests {
    @Test(arguments: [
        "", "tacit.example.com", "ftp://a", "https://", "https://a/b", "https://a:0", "https://a:08", "https://a:70000", "https://u@a",
        "https://[::1", "https://a?b",
    ])
    func refusesWhatIsNoOrigin(text: String) {
        #expect(OwnOrigins.canonical(text) == nil)
        #expect(throws: OriginError.malformed(text)) { try OwnOrigins(named: [text]) }
    }

    @Test func writesThePortAlways() {
        #expect(OwnOrigins.canonical("https://Tacit.Example.com") == "https://tacit.example.com:443")
        #expect(OwnOrigins.canonical("http://[::1]:8700") == "http://[::1]:8700")
        #expect(OwnOrigins.canonical("http://localhost") == "http://localhost:80")
    }

    @Test func knowsItsListenersAndNoOtherHost() throws {
        let origins = try OwnOrigins(named: ["https://tacit.example.com"])
        origins.addListener(scheme: "http", host: "127.0.0.1", port: 8700, isLoopback: true)
        for host in ["127.0.0.1:8700", "localhost:8700", "LOCALHOST:8700", "tacit.example.com", "tacit.example.com:443"] {
            #expect(origins.acceptsHost(host, scheme: "http"), "\(host)")
        }
        for host in [
            "", "127.0.0.1", "localhost", "127.0.0.1:8701", "evil.example", "tacit.example.com:8700", "127.0.0.1:8700@evil",
            "127.0.0.1:8700 ",
        ] {
            #expect(!origins.acceptsHost(host, scheme: "http"), "\(host)")
        }
        #expect(origins.contains("http://localhost:8700"))
        #expect(!origins.contains("https://localhost:8700"))
    }
}
