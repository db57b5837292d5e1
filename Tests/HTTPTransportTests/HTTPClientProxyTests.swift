import Foundation
import HTTPTransport
import Testing

/// The environment is the process's, so each test has one of its own.
@Suite struct HTTPClientProxyTests {
    @Test func loopbackAndUnixSocketsUseNoProxy() async {
        await #expect(processExitsWith: .success) {
            for name in ["http_proxy", "all_proxy", "ALL_PROXY"] { unsafe setenv(name, "http://127.0.0.1:1", 1) }
            let request = HTTPRequest(method: "GET", path: "/echo")
            let server = try TestServer()
            _ = try await HTTPClient(origin: server.origin).send(request)
            let directory = try TemporaryDirectory()
            let unix = try TestServer(.unix(path: directory.path("s")))
            _ = try await HTTPClient(origin: unix.origin).send(request)
        }
    }

    @Test func otherHostsUseTheProxyOfTheEnvironment() async {
        await #expect(processExitsWith: .success) {
            let server = try TestServer()
            unsafe setenv("http_proxy", server.origin.description, 1)
            let client = try HTTPClient(origin: try HTTPOrigin.parse("http://tacit.invalid"))
            let response = try await client.send(HTTPRequest(method: "GET", path: "/echo"))
            try #require(try Echo(response).path == "http://tacit.invalid/echo" || Echo(response).path == "http://tacit.invalid:80/echo")
        }
    }
}
