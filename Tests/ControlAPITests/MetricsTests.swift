import Foundation
import Measures
import Model
import TacitTesting
import Testing

@testable import ControlAPI

@Suite(.serialized)
struct MetricsTests {
    /// One family with one series.
    private struct Source: MetricsSource {
        func metrics() async -> MetricsText {
            var text = MetricsText()
            text.family("test_calls_total", .counter, "Calls.")
            text.sample(7, ("alias", "openai"))
            return text
        }
    }

    /// A metrics listener on a port the system chose.
    private func listener(_ body: (RawClient) async throws -> Void) async throws {
        let server = try MetricsServer(host: "127.0.0.1", port: 0, sources: [Source()])
        let task = Task { try await server.run() }
        let port = try await server.waitUntilListening()
        try await body(RawClient(target: .tcp(port)))
        task.cancel()
        _ = await task.result
    }

    @Test func onlyTheOperatorReadsThemOnTheControlPlane() async throws {
        let fixture = try await ControlFixture()
        let anonymous = try await fixture.tcp.send("GET", "/metrics")
        #expect(anonymous.status == 401)
        #expect(anonymous.code == "token_missing")
        let alice = try ControlOwner()
        #expect(try await fixture.unix.send("POST", "/v1/accounts", json: try alice.creation()).status == 201)
        let owner = try await alice.login(fixture.unix, origin: "unix").bearer
        #expect(try await fixture.tcp.send("GET", "/metrics", bearer: owner).code == "forbidden")
        #expect(try await fixture.unix.send("GET", "/metrics", bearer: owner).code == "forbidden")
        let answer = try await fixture.unix.send("GET", "/metrics")
        #expect(answer.status == 200)
        #expect(answer.fields["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
        #expect(answer.fields["cache-control"] == "no-store")
        let page = try MetricsReader(answer.body)
        #expect(page.value("tacit_ready") == 1)
        #expect(page.value("tacit_sessions") == 0)
        let head = try await fixture.unix.send("HEAD", "/metrics")
        #expect(head.status == 200)
        #expect(head.body.isEmpty)
        #expect(head.fields["content-length"] == "\(answer.body.utf8.count)")
        let post = try await fixture.unix.send("POST", "/metrics")
        #expect(post.status == 405)
        #expect(post.fields["allow"] == "GET, HEAD")
        #expect(try await fixture.unix.send("GET", "/metrics?name=x").code == "unknown_field")
        await fixture.stop()
    }

    @Test(arguments: ["0.0.0.0", "::", "192.0.2.1", "metrics.example", "127.0.0.1.example"])
    func aListenerOffLoopbackIsRefused(_ host: String) {
        let error = #expect(throws: ControlStartError.self) { try MetricsServer(host: host, port: 9464, sources: []) }
        #expect(error?.description.contains("--metrics") == true)
    }

    @Test func aPortInUseIsAnError() async throws {
        try await listener { client in
            guard case .tcp(let port) = client.target else { return }
            let second = try MetricsServer(host: "127.0.0.1", port: port, sources: [])
            await #expect(throws: ControlStartError.self) { try await second.run() }
            await #expect(throws: ControlStartError.self) { try await second.waitUntilListening() }
        }
    }

    @Test func theListenerServesThatPageAndNothingElse() async throws {
        try await listener { client in
            for path in ["/", "/metrics/x", "/healthz", "/v1/info", "/v1/audit", "/metric"] {
                let answer = try await client.send("GET", path)
                #expect(answer.status == 404, "\(path)")
                #expect(answer.code == "not_found")
            }
            for method in ["POST", "PUT", "DELETE", "OPTIONS", "TRACE"] {
                let answer = try await client.send(method, "/metrics")
                #expect(answer.status == 405, "\(method)")
                #expect(answer.fields["allow"] == "GET, HEAD")
            }
            #expect(try await client.send("GET", "/metrics", host: "evil.example:80").status == 421)
            #expect(try await client.send("GET", "/metrics", fields: ["Origin: https://evil.example"]).status == 403)
            #expect(try await client.send("GET", "/metrics", fields: ["Sec-Fetch-Site: cross-site"]).status == 403)
            let answer = try await client.send("GET", "/metrics", host: "127.0.0.1")
            #expect(answer.status == 200)
            #expect(answer.fields["content-type"] == MetricsText.contentType)
            #expect(try MetricsReader(answer.body).value("test_calls_total", ["alias": "openai"]) == 7)
            let head = try await client.send("HEAD", "/metrics")
            #expect(head.status == 200 && head.body.isEmpty)
        }
    }
}
