import Foundation
import Testing

@testable import HTTPTransport

@Suite struct HTTPClientTLSTests {
    private let get = HTTPRequest(method: "GET", path: "/echo")

    @Test func anUntrustedCertificateIsRefused() async throws {
        let server = try TestServer(.tls(try TestCertificate("IP:127.0.0.1")))
        let error = try await tlsFailure(try HTTPClient(origin: server.origin))
        #expect(error.contains("certificate"))
    }

    @Test func anotherAdditionalCertificateDoesNotHelp() async throws {
        let other = try TestCertificate("IP:127.0.0.1")
        let server = try TestServer(.tls(try TestCertificate("IP:127.0.0.1")))
        let error = try await tlsFailure(try HTTPClient(origin: server.origin, caFile: other.certificatePath))
        #expect(error.contains("certificate"))
    }

    @Test func aCertificateForAnotherHostIsRefused() async throws {
        let certificate = try TestCertificate("DNS:example.test")
        let server = try TestServer(.tls(certificate))
        let error = try await tlsFailure(try HTTPClient(origin: server.origin, caFile: certificate.certificatePath))
        #expect(error.contains("127.0.0.1"))
    }

    @Test func tlsBefore1Point2IsRefused() async throws {
        let certificate = try TestCertificate("IP:127.0.0.1")
        let server = try TestServer(.oldTLS(certificate))
        let error = try await tlsFailure(try HTTPClient(origin: server.origin, caFile: certificate.certificatePath))
        #expect(error.contains("protocol"))
    }

    @Test func aServerWithoutTLSIsATLSFailure() async throws {
        let server = try TestServer()
        _ = try await tlsFailure(try HTTPClient(origin: try HTTPOrigin.parse("https://127.0.0.1:\(server.port)")))
    }

    @Test func aBadFileOfCertificatesIsAnErrorAtTheStart() async throws {
        let origin = try HTTPOrigin.parse("https://127.0.0.1:1")
        let directory = try TemporaryDirectory()
        for content in ["", "no certificate"] {
            try Data(content.utf8).write(to: URL(filePath: directory.path("ca.pem")))
            #expect(throws: HTTPTransportError.self) { try HTTPClient(origin: origin, caFile: directory.path("ca.pem")) }
        }
        #expect(throws: HTTPTransportError.self) { try HTTPClient(origin: origin, caFile: directory.path("absent.pem")) }
        #expect(throws: HTTPTransportError.self) { try HTTPClient(origin: origin, caFile: directory.path("")) }
    }

    @Test func aCertificateThatCannotBeDecodedFailsTheConnection() async throws {
        let server = try TestServer(.tls(try TestCertificate("IP:127.0.0.1")))
        let directory = try TemporaryDirectory()
        let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
        try Data(broken.utf8).write(to: URL(filePath: directory.path("ca.pem")))
        _ = try await tlsFailure(try HTTPClient(origin: server.origin, caFile: directory.path("ca.pem")))
    }

    @Test func theAdditionalFileIsTrustedBesideTheSystemsBundle() async throws {
        let certificate = try TestCertificate("IP:127.0.0.1")
        let server = try TestServer(.tls(certificate))
        let client = try HTTPClient(origin: server.origin, caFile: certificate.certificatePath)
        let first = try Echo(await client.send(get))
        #expect(try Echo(await client.send(get)).connection == first.connection)

        let merged = try TrustStore.systemBundle(adding: certificate.certificatePath)
        let system = try #require(HTTPTransportLibrary.systemBundlePath.flatMap { FileManager.default.contents(atPath: $0) })
        #expect(merged.starts(with: system) && !system.isEmpty)
    }

    @Test(.timeLimit(.minutes(1))) func aPeerThatClosesDuringAnUploadEndsTheCallOnly() async throws {
        let certificate = try TestCertificate("IP:127.0.0.1")
        let server = try TestServer(.tls(certificate))
        let client = try HTTPClient(origin: server.origin, caFile: certificate.certificatePath, timeoutSeconds: 20)
        let upload = HTTPRequest(method: "POST", path: "/reset", body: .bytes([UInt8](repeating: 1, count: 16 << 20)))
        await #expect(throws: HTTPTransportError.self) { try await client.send(upload) }
        #expect(try await client.send(get).status == 200)
    }

    private func tlsFailure(_ client: HTTPClient) async throws -> String {
        let error = await #expect(throws: HTTPTransportError.self) { try await client.send(get) }
        guard case .tls(let reason) = error else {
            Issue.record("not a TLS failure: \(String(describing: error))")
            return ""
        }
        return reason
    }
}
