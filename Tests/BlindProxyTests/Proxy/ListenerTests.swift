import Glibc
import NIOCore
import NIOPosix
import NIOSSL
import Testing

@testable import BlindProxy

/// How connections are taken in.
@Suite struct ListenerTests {
    @Test func connectionsAreSpreadEvenlyOverTheLoops() async throws {
        let upstream = try await TestUpstream(nil) { _, _ in }
        let fixture = try await ProxyFixture(url: "http://localhost:\(upstream.port)") { $0.threads = 4 }
        let clients = try (0..<80).map { _ in try fixture.client() }
        var counts: [Int] = []
        for _ in 0..<200 where counts.reduce(0, +) < clients.count {
            counts = await fixture.proxy.onEachLoop { $0.clients.count }
            try await Task.sleep(for: .milliseconds(10))
        }
        #expect(counts == [20, 20, 20, 20])
        for client in clients { client.close() }
        await fixture.stop(upstream)
    }

    @Test func nothingWaitsForMoreBytesOnEitherSide() async throws {
        let upstream = try await TestUpstream(TestCertificates.shared.get().server) { _, _ in }
        let fixture = try await ProxyFixture(url: "https://localhost:\(upstream.port)")
        let client = try fixture.client()
        client.send(fixture.head("GET /openai/v1") + "\r\n")
        for _ in 0..<200 where upstream.requests.isEmpty { try await Task.sleep(for: .milliseconds(10)) }
        let options = await fixture.proxy.onEachLoop { loop in
            loop.clients.values.flatMap { [$0.context?.channel, $0.upstream?.context?.channel] }.map { channel in
                (try? channel?.syncOptions?.getOption(.tcpOption(.tcp_nodelay))) ?? -1
            }
        }
        #expect(options == [[1, 1]])
        await fixture.stop(upstream)
    }

    @Test func theListenerSpeaksTLS13AndNothingOlder() async throws {
        let pair = try TestCertificates.shared.get().server
        let authority = try TestCertificates.shared.get().authority
        let fixture = try await ProxyFixture(url: "https://localhost:1") {
            $0.tlsCertificateFile = pair.certificate
            $0.tlsKeyFile = pair.key
        }
        let old = try await TLSClient(port: fixture.port, authority: authority, maximumVersion: .tlsv12)
        #expect(try await old.version() == nil)
        await old.stop()
        let new = try await TLSClient(port: fixture.port, authority: authority)
        #expect(try await new.version() == .tlsv13)
        await new.stop()
        await fixture.stop(nil)
    }

    @Test func withoutDescriptorsTheListenerRestsAndGoesOnAfterwards() async {
        await #expect(processExitsWith: .success) {
            let capture = LogCapture()
            let fixture = try await ProxyFixture(url: "https://localhost:1", logger: capture.logger)
            let first = try fixture.get("/openai/v1")
            #expect(first.status == 502)
            unsafe setrlimit(__rlimit_resource_t(7), [rlimit(rlim_cur: 256, rlim_max: 256)])  // RLIMIT_NOFILE
            var taken: [Int32] = []
            while case let copy = dup(0), copy >= 0 { taken.append(copy) }
            if let one = taken.popLast() { close(one) }
            // The client's own socket is the last one; the kernel takes the connection, the proxy cannot.
            let client = try fixture.client()
            client.send("GET /openai/v1 HTTP/1.1\r\nHost: 127.0.0.1:\(fixture.port)\r\n\r\n")
            let before = clock()
            usleep(2_000_000)  // a task's sleep would need descriptors itself
            let busy = Double(clock() - before) / Double(CLOCKS_PER_SEC)
            #expect(busy < 1, "accepting was tried all the time: \(busy) s of 2 s")
            #expect(capture.lines.count { $0.message.contains("file descriptors") } == 1, "not a line for each of eight pauses")
            for one in taken { close(one) }
            #expect(try client.readAnswer().code == "token_missing")
            #expect(try fixture.get("/openai/v1").status == 502)
            await fixture.stop(nil)
        }
    }
}
