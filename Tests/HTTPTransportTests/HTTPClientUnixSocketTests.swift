import Foundation
import HTTPTransport
import SecretMemory
import Testing

@Suite struct HTTPClientUnixSocketTests {
    @Test func anAbsentOrDeadSocketIsUnreachable() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path("s")
        let client = try HTTPClient(origin: try HTTPOrigin.parse("unix:\(path)"))
        let request = HTTPRequest(method: "GET", path: "/echo")
        await #expect(throws: HTTPTransportError.unreachable(host: "unix:\(path)")) { try await client.send(request) }
        var server: TestServer? = try TestServer(.unix(path: path))
        #expect(try await client.send(request).status == 200)
        withExtendedLifetime(server) {}
        server = nil
        #expect(FileManager.default.fileExists(atPath: path))
        await #expect(throws: HTTPTransportError.unreachable(host: "unix:\(path)")) { try await client.send(request) }
    }

    @Test func speaksHTTPOverTheSocketWithSecretsToo() async throws {
        let directory = try TemporaryDirectory()
        let server = try TestServer(.unix(path: directory.path("s")))
        let token = try HTTPSecretHeader.bearer(SecretBytes(text: "tct_unix"))
        let client = try HTTPClient(origin: server.origin, secretHeaders: [token])
        let seen = try Echo(await client.send(HTTPRequest(method: "POST", path: "/echo", body: .bytes([1]))))
        #expect(seen.values("Host") == ["localhost"])
        #expect(seen.values("Authorization") == ["Bearer tct_unix"])
        #expect(seen.length == 1)
    }
}
