import Broker
import Foundation
import HTTPTypes
import Testing

@testable import ControlAPI

struct RouteTests {
    @Test func answersUnknownRoutesAndMethodsInOurShape() async throws {
        let fixture = try await ControlFixture()
        for path in ["/", "/v1", "/v1/nothing", "/v1/keys/a/b/revoke", "/v1/keys/openai"] {
            let answer = try await fixture.tcp.send("GET", path)
            #expect(answer.status == 404, "\(path)")
            #expect(answer.code == "not_found")
            #expect(answer.fields["x-should-retry"] == "false")
        }
        for (method, path, allowed) in [
            ("DELETE", "/v1/keys", "GET, POST"), ("GET", "/v1/login/start", "POST"), ("PUT", "/v1/keys/openai/revoke", "POST"),
            ("OPTIONS", "/v1/info", "GET"),
        ] {
            let answer = try await fixture.tcp.send(method, path)
            #expect(answer.status == 405)
            #expect(answer.code == "method_not_allowed")
            #expect(answer.fields["allow"] == allowed)
        }
        await fixture.stop()
    }

    @Test func carriesTheSameFieldsInEveryAnswer() async throws {
        let fixture = try await ControlFixture()
        for answer in [
            try await fixture.tcp.send("GET", "/v1/info"), try await fixture.tcp.send("GET", "/nothing"),
            try await fixture.tcp.send("GET", "/v1/keys"),
            try await fixture.tcp.send(raw: "GARBAGE\r\n\r\n"), try await fixture.tcp.send("GET", "/v1/info", host: "evil.example:1"),
        ] {
            #expect(answer.fields["cache-control"] == "no-store")
            #expect(answer.fields["x-content-type-options"] == "nosniff")
            #expect(answer.fields["content-type"] == "application/json")
            #expect(answer.fields["tacit-request-id"]?.count == 16)
        }
        await fixture.stop()
    }

    @Test func asksWhoCalls() async throws {
        let fixture = try await ControlFixture()
        let unknown = "tco_" + String(repeating: "A", count: 43)
        for operation in Operation.allCases where operation.route.method == .get && !operation.isPublic {
            let path = operation.route.path.replacing("{alias}", with: "openai")
            let anonymous = try await fixture.tcp.send("GET", path)
            #expect(anonymous.status == 401, "\(operation)")
            #expect(anonymous.fields["x-should-retry"] == "false")
            let wrong = try await fixture.tcp.send("GET", path, bearer: unknown)
            #expect(wrong.code == "login_required")
            #expect(wrong.isClosed)
        }
        let basic = try await fixture.tcp.send("GET", "/v1/keys", fields: ["Authorization: Basic YTpi"])
        #expect(basic.code == "token_malformed")
        // A bearer decides over the socket too: a wrong one does not make an operator.
        #expect(try await fixture.unix.send("GET", "/v1/audit", bearer: unknown).code == "login_required")
        #expect(try await fixture.unix.send("GET", "/v1/audit").status == 200)
        await fixture.stop()
    }

    @Test func listsTheSameRoutesAsThePage() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let page = try String(contentsOf: root.appendingPathComponent("Docs/openapi.yaml"), encoding: .utf8)
        var written: Set<String> = []
        var (path, method) = ("", "")
        for line in page.split(separator: "\n") {
            if line.hasPrefix("components:") { break }
            if line.hasPrefix("  /"), line.hasSuffix(":") { path = String(line.dropFirst(2).dropLast()) }
            for name in ["get", "post", "put"] where line == "    \(name):" { method = name.uppercased() }
            if line.hasPrefix("      operationId: ") { written.insert("\(method) \(path) \(line.dropFirst(19))") }
        }
        #expect(written == Set(Operation.allCases.map { "\($0.route.method.rawValue) \($0.route.path) \($0.rawValue)" }))
    }

    @Test func namesEveryErrorCodeInThePage() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let page = try String(contentsOf: root.appendingPathComponent("Docs/openapi.yaml"), encoding: .utf8)
        for code in BrokerError.Code.allCases { #expect(page.contains("`\(code.rawValue)`"), "\(code.rawValue)") }
    }
}
