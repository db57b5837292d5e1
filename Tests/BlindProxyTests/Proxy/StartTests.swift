import Audit
import Logging
import Sessions
import Testing

@testable import BlindProxy

@Suite struct StartTests {
    private func start(_ change: (inout ProxyConfiguration) throws -> Void) throws(ProxyStartError) -> BlindProxy {
        var configuration = ProxyConfiguration(port: 0)
        do { try change(&configuration) } catch { throw .configuration("the test's own change failed") }
        return try BlindProxy(
            configuration: configuration, sessions: SessionTable(), usage: UsageMeter(shards: 1), logger: Logger(label: "test"))
    }

    @Test(arguments: ["0.0.0.0", "::", "192.0.2.1", "example.com", "128.0.0.1"])
    func aListenerOffLoopbackNeedsTLS(_ host: String) {
        #expect(throws: ProxyStartError.self) { try start { $0.host = host } }
    }

    @Test func certificateAndKeyBelongTogetherAndMustBeReadable() throws {
        let pair = try TestCertificates.shared.get()
        #expect(throws: ProxyStartError.self) { try start { $0.tlsCertificateFile = pair.server.certificate } }
        #expect(throws: ProxyStartError.self) {
            try start {
                $0.tlsCertificateFile = pair.server.certificate
                $0.tlsKeyFile = pair.foreignName.key
            }
        }
        #expect(throws: ProxyStartError.self) { try start { $0.upstreamCAFile = "/nonexistent/ca.pem" } }
    }

    @Test func aPortInUseIsSaid() async throws {
        let first = try start { _ in }
        let bound = try await first.start()
        let second = try start { $0.port = bound.port }
        await #expect(throws: ProxyStartError.self) { try await second.start() }
        await #expect(throws: ProxyStartError.self) { try await first.start() }
        await first.stop()
        await second.stop()
    }

    @Test func whatIsStoppedWhileItStartsListensNoMore() async throws {
        for turn in 0..<30 {
            let proxy = try start { _ in }
            let starting = Task { try await proxy.start().port }
            try await Task.sleep(for: .microseconds(100 * turn))
            await proxy.stop()
            guard case .success(let port) = await starting.result else { continue }
            #expect(throws: RawClient.SocketError.self, "it started before it was stopped") { try RawClient(port: port) }
        }
    }
}
