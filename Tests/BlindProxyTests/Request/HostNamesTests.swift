import HTTPWire
import Testing

@testable import BlindProxy

@Suite struct HostNamesTests {
    private func accepts(_ host: String, _ names: HostNames) throws -> Bool {
        let (head, bytes) = try parsedRequest("GET / HTTP/1.1\r\nHost: \(host)\r\n\r\n")
        return names.accept(try #require(head.host), bytes.span)
    }

    @Test(arguments: [
        "example.com:8701", "127.0.0.1", "127.0.0.1:80", "localhost.evil.com:8701", "127.0.0.2:8701", "[::2]:8701", "localhos:8701",
    ])
    func refusesForeignNames(_ host: String) throws {
        let names = HostNames(bound: BoundAddress(host: "127.0.0.1", port: 8701), isTLS: false, origins: ["https://tacit.example"])
        #expect(try !accepts(host, names))
    }

    @Test(arguments: ["127.0.0.1:8701", "localhost:8701", "LOCALHOST:8701", "[::1]:8701", "tacit.example:443", "tacit.example:8443"])
    func acceptsOurs(_ host: String) throws {
        let names = HostNames(
            bound: BoundAddress(host: "127.0.0.1", port: 8701), isTLS: false,
            origins: ["https://tacit.example", "https://tacit.example:8443/"])
        #expect(try accepts(host, names))
    }

    @Test func aListenerOffLoopbackDoesNotAnswerToLocalhost() throws {
        let names = HostNames(bound: BoundAddress(host: "192.0.2.1", port: 443), isTLS: true, origins: [])
        #expect(try !accepts("localhost", names))
        #expect(try accepts("192.0.2.1", names))
        #expect(try accepts("192.0.2.1:443", names))
    }

    @Test func aWildcardAnswersToLoopbackAndItsOrigins() throws {
        let names = HostNames(bound: BoundAddress(host: "0.0.0.0", port: 443), isTLS: true, origins: ["https://broker.example"])
        #expect(try accepts("broker.example", names))
        #expect(try accepts("localhost", names))
        #expect(try !accepts("0.0.0.0", names))
        #expect(try !accepts("203.0.113.5", names))
    }
}
