import Foundation
import Measures
import Model
import NIOCore
import TacitTesting
import Testing

@testable import BlindProxy

/// What `/metrics` says about the data plane, beside what was really sent through it.
@Suite struct ProxyMetricsTests {
    private func fixture(
        tls: Bool = true, threads: Int = 1, _ script: @escaping TestUpstream.Script = ForwardTests.echo
    ) async throws -> (ProxyFixture, TestUpstream) {
        let upstream = try await TestUpstream(tls ? TestCertificates.shared.get().server : nil, script)
        let fixture = try await ProxyFixture(url: "\(tls ? "https" : "http")://localhost:\(upstream.port)") { $0.threads = threads }
        return (fixture, upstream)
    }

    /// Sends a body and reads the answer.
    private func call(_ fixture: ProxyFixture, _ client: RawClient, body: String = "", path: String = "/openai/v1") throws
        -> RawClient.Answer
    {
        client.send(fixture.head("POST \(path)", "Content-Length: \(body.utf8.count)\r\n") + "\r\n\(body)")
        return try client.readAnswer()
    }

    @Test func aProxyThatWasNotUsedSaysZeroWithEveryFamily() async throws {
        let (fixture, upstream) = try await fixture()
        let page = try await fixture.metrics()
        #expect(page.types["tacit_requests_total"] == "counter")
        #expect(page.count("tacit_requests_total") == 0)
        #expect(page.value("tacit_exposure_seconds_count") == 0)
        #expect(page.value("tacit_active_calls") == 0)
        #expect(page.value("tacit_client_connections") == 0)
        await fixture.stop(upstream)
        #expect(await fixture.proxy.metrics().text.contains("tacit_exposure_seconds_count 0\n"))
    }

    @Test(arguments: [true, false])
    func everyCallIsCountedOnce(_ tls: Bool) async throws {
        let (fixture, upstream) = try await fixture(tls: tls, threads: 2)
        // Connections go to the event loops in turn.
        let clients = try (0..<4).map { _ in try fixture.client() }
        for _ in 0..<3 { for client in clients { #expect(try call(fixture, client, body: "12345").status == 200) } }
        #expect(try fixture.get("/openai/v1", token: "tct_" + String(repeating: "A", count: 64)).code == "token_unknown")
        #expect(try fixture.get("/nothing/v1").status == 404)
        let labels = ["account": "\(fixture.key.accountID)", "alias": "openai", "status": "200"]
        let page = try await fixture.metrics {
            $0.value("tacit_requests_total", labels) == 12 && $0.sum("tacit_refused_requests_total") == 2
        }
        #expect(page.value("tacit_requests_total", labels) == 12)
        #expect(page.sum("tacit_requests_total") == 12)
        #expect(page.value("tacit_refused_requests_total", ["code": "token_unknown"]) == 1)
        #expect(page.value("tacit_refused_requests_total", ["code": "alias_unknown"]) == 1)
        #expect(page.value("tacit_exposure_seconds_count") == 12)
        #expect(page.value("tacit_added_latency_seconds_count") == 12)
        #expect(page.value("tacit_body_bytes_total", ["direction": "up"]) == 60)
        #expect(page.value("tacit_body_bytes_total", ["direction": "down"]) == 60)
        #expect(page.sum("tacit_failed_calls_total") == 0)
        #expect(page.value("tacit_client_connections_accepted_total") == 6)
        #expect(page.value("tacit_active_calls") == 0)
        // One pool for each event loop, and never two calls at once.
        #expect(page.value("tacit_upstream_dials_total") == Double(upstream.connections))
        #expect(page.value("tacit_upstream_connections") == Double(upstream.open))
        #expect(page.value("tacit_upstream_connections_idle") == Double(upstream.open))
        // The sums of one and the same measurement.
        let microseconds = try await fixture.usage(of: 12).reduce(0) { $0 + $1.exposureMicroseconds }
        let seconds = try #require(page.value("tacit_exposure_seconds_sum"))
        #expect(seconds > 0 && abs(seconds * 1e6 - Double(microseconds)) <= 12)
        await fixture.stop(upstream)
    }

    @Test func theUpstreamsTimeIsInNeitherHistogram() async throws {
        let (fixture, upstream) = try await fixture { request, channel in
            channel.eventLoop.scheduleTask(in: .seconds(1)) {
                channel.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nServer-Timing: db;dur=53\r\n\r\n")
            }
        }
        let client = try fixture.client()
        for _ in 0..<2 {
            let answer = try call(fixture, client)
            let timings = RawMessage.fields(answer.head).filter { $0.name == "server-timing" }.map(\.value)
            #expect(timings.first == "db;dur=53")
            let ours = try #require(timings.last).split(separator: ", ").compactMap { Double($0.split(separator: "=").last ?? "") }
            try #require(timings.count == 2 && ours.count == 2)
            // The upstream may begin to wait before we have noted that its head is sent: only the sum is sure.
            #expect(ours[0] > 0 && ours[0] < 900)
            #expect(ours[0] + ours[1] >= 999 && ours[1] < 10_000)
        }
        let page = try await fixture.metrics { $0.value("tacit_added_latency_seconds_count") == 2 }
        #expect(page.value("tacit_added_latency_seconds_count") == 2)
        #expect(try #require(page.value("tacit_added_latency_seconds_sum")) < 1)
        #expect(page.value("tacit_exposure_seconds_count") == 2)
        #expect(try #require(page.value("tacit_exposure_seconds_sum")) < 1)
        await fixture.stop(upstream)
    }

    @Test func aRunningCallAndItsStreamAreSeen() async throws {
        let (fixture, upstream) = try await fixture { request, channel in
            guard request.target.contains("stream") else { return }
            channel.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n")
        }
        let (waiting, streaming) = (try fixture.client(), try fixture.client())
        waiting.send(fixture.head("GET /openai/wait") + "\r\n")
        streaming.send(fixture.head("GET /openai/stream") + "\r\n")
        #expect(try streaming.readHead().contains(" 200 "))
        let page = try await fixture.metrics { $0.value("tacit_active_calls") == 2 }
        #expect(page.value("tacit_active_calls") == 2)
        #expect(page.value("tacit_active_streams") == 1)
        #expect(page.value("tacit_client_connections") == 2)
        #expect(page.value("tacit_upstream_connections_idle") == 0)
        waiting.close()
        streaming.close()
        let after = try await fixture.metrics { $0.sum("tacit_failed_calls_total") == 2 && $0.value("tacit_client_connections") == 0 }
        #expect(after.value("tacit_failed_calls_total", ["code": "client_closed"]) == 2)
        #expect(after.sum("tacit_requests_total", ["status": "499"]) == 1)
        #expect(after.sum("tacit_requests_total", ["status": "200"]) == 1)
        #expect(after.value("tacit_active_calls") == 0)
        #expect(after.value("tacit_active_streams") == 0)
        await fixture.stop(upstream)
    }

    @Test func whatWentWrongIsCountedByItsCode() async throws {
        let (fixture, upstream) = try await fixture { request, channel in
            if request.target.contains("cut") {
                channel.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
                channel.close(promise: nil)
            } else if request.target.contains("garbage") {
                channel.send("SSH-2.0-nothing\r\n\r\n")
            } else if request.target.contains("echo") {
                channel.send("HTTP/1.1 200 OK\r\nContent-Length: \(ProxyFixture.value.utf8.count)\r\n\r\n\(ProxyFixture.value)")
            } else {
                channel.close(promise: nil)
            }
        }
        #expect(try fixture.get("/openai/gone").code == "upstream_closed")
        #expect(try fixture.get("/openai/garbage").code == "upstream_protocol")
        #expect(try !fixture.get("/openai/cut").isComplete)
        #expect(try fixture.get("/openai/echo").text == String(repeating: "*", count: ProxyFixture.value.utf8.count))
        let page = try await fixture.metrics { $0.sum("tacit_requests_total") == 4 }
        #expect(page.sum("tacit_requests_total", ["status": "502"]) == 2)
        #expect(page.sum("tacit_requests_total", ["status": "200"]) == 2)
        #expect(page.value("tacit_failed_calls_total", ["code": "upstream_closed"]) == 1)
        #expect(page.value("tacit_failed_calls_total", ["code": "upstream_protocol"]) == 1)
        #expect(page.value("tacit_failed_calls_total", ["code": "cut_off"]) == 1)
        #expect(page.value("tacit_redactions_total") == 1)
        #expect(page.value("tacit_exposure_seconds_count") == 4)
        #expect(page.value("tacit_added_latency_seconds_count") == 2)
        await upstream.stop()
        #expect(try fixture.get("/openai/dead").code == "upstream_unreachable")
        let dead = try await fixture.metrics { $0.sum("tacit_upstream_dial_failures_total") == 1 }
        #expect(dead.value("tacit_upstream_dial_failures_total", ["code": "upstream_unreachable"]) == 1)
        #expect(dead.value("tacit_exposure_seconds_count") == 4)
        // A connection that never stood is not one less.
        #expect(dead.value("tacit_upstream_connections") == 0)
        #expect(dead.value("tacit_upstream_connections_idle") == 0)
        await fixture.stop(nil)
    }
}
