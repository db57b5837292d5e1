import Broker
import HTTPTypes
import Hummingbird
import Model
import NIOCore
import Store
import Testing

@testable import ControlAPI

struct BodyTests {
    @Test func refusesBodiesThatAreNotTheMessage() async throws {
        let fixture = try await ControlFixture()
        for (json, code) in [
            ("", "malformed"), ("[]", "malformed"), ("{}", "malformed"), ("{\"name\":1}", "malformed"), ("{\"name\":\"A B\"}", "malformed"),
            ("{\"name\":\"alice\",\"else\":1}", "unknown_field"), ("{\"name\":\"alice\"", "malformed"),
            ("{\"name\":\"alice\"}{}", "malformed"),
        ] {
            let answer = try await fixture.tcp.send("POST", "/v1/login/start", json: json)
            #expect(answer.status == 400, "\(json)")
            #expect(answer.code == code, "\(json)")
        }
        await fixture.stop()
    }

    @Test func refusesBodiesOfAnotherType() async throws {
        let fixture = try await ControlFixture()
        let host = "Host: localhost:\(fixture.bound.port ?? 0)\r\nContent-Length: 16\r\n"
        for type in [
            "", "Content-Type: text/plain\r\n", "Content-Type: application/x-www-form-urlencoded\r\n",
            "Content-Type: application/jsonx\r\n",
        ] {
            let answer = try await fixture.tcp.send(raw: "POST /v1/login/start HTTP/1.1\r\n\(host)\(type)\r\n{\"name\":\"alice\"}")
            #expect(answer.status == 415, "\(type)")
            #expect(answer.code == "unsupported_media_type")
        }
        let charset = try await fixture.tcp.send(
            raw: "POST /v1/login/start HTTP/1.1\r\n\(host)Content-Type: application/json; charset=utf-8\r\n\r\n{\"name\":\"alice\"}")
        #expect(charset.status == 200)
        await fixture.stop()
    }

    @Test func refusesBodiesThatAreTooLongAndClosesTheirConnection() async throws {
        let fixture = try await ControlFixture()
        let host = "Host: localhost:\(fixture.bound.port ?? 0)\r\nContent-Type: application/json\r\n"
        let announced = try await fixture.tcp.send(raw: "POST /v1/login/start HTTP/1.1\r\n\(host)Content-Length: 262145\r\n\r\n{")
        #expect(announced.status == 413)
        #expect(announced.code == "too_large")
        #expect(announced.isClosed)
        let chunk = "8000\r\n" + String(repeating: " ", count: 0x8000) + "\r\n"
        let chunked = try await fixture.tcp.send(
            raw: "POST /v1/login/start HTTP/1.1\r\n\(host)Transfer-Encoding: chunked\r\n\r\n" + String(repeating: chunk, count: 9)
                + "0\r\n\r\n")
        #expect(chunked.status == 413)
        #expect(chunked.isClosed)
        await fixture.stop()
    }

    @Test func refusesABodyThatTakesTooLongAndClosesItsConnection() async throws {
        let fixture = try await ControlFixture(bodySeconds: 1)
        let host = "Host: localhost:\(fixture.bound.port ?? 0)\r\nContent-Type: application/json\r\n"
        for path in ["/v1/login/start", "/v1/assisted-unlock"] {
            let client = path == "/v1/assisted-unlock" ? fixture.unix : fixture.tcp
            let answer = try await client.send(raw: "POST \(path) HTTP/1.1\r\n\(host)Content-Length: 16\r\n\r\n{")
            #expect(answer.status == 408)
            #expect(answer.code == "malformed")
            #expect(answer.isClosed)
        }
        #expect(try await fixture.tcp.send("POST", "/v1/login/start", json: "{\"name\":\"alice\"}").status == 200)
        await fixture.stop()
    }

    @Test func wipesThePiecesOfAPassphraseThatIsTooLong() async throws {
        for size in [10, RequestBodyReader.maximumSecretCount + 1] {
            let piece = ByteBuffer(repeating: 0x41, count: size)
            let last = ByteBuffer(repeating: 0x41, count: RequestBodyReader.maximumSecretCount)
            let pieces = AsyncStream<ByteBuffer> { stream in
                stream.yield(piece)
                stream.yield(last)
                stream.finish()
            }
            let head = HTTPRequest(
                method: .post, scheme: nil, authority: nil, path: "/v1/assisted-unlock", headerFields: [.contentType: "application/json"])
            do {
                _ = try await RequestBodyReader.secret(from: Request(head: head, body: RequestBody(asyncSequence: pieces)))
                Issue.record("not refused")
            } catch { #expect((error as? BrokerError)?.code == .tooLarge) }
            #expect(piece.readableBytesView.allSatisfy { $0 == 0 })
            #expect(last.readableBytesView.allSatisfy { $0 == (size == 10 ? 0 : 0x41) }, "what is not read is not ours")
        }
    }

    @Test func writesDownMalformedAssistedUnlocks() async throws {
        let fixture = try await ControlFixture()
        for json in ["", "{}", "{\"name\":1}"] {
            #expect(try await fixture.unix.send("POST", "/v1/assisted-unlock", json: json).code == "malformed")
        }
        let records = try await fixture.store.audit(last: 10)
        #expect(records.map(\.action) == ["assisted_unlock", "assisted_unlock", "assisted_unlock"])
        #expect(records.map(\.outcome) == ["malformed", "malformed", "malformed"])
        await fixture.stop()
    }

    @Test(arguments: ["/v1/assisted-unlock", "/v1/assisted-unlock/", "//v1//assisted-unlock", "/v1/login/finish/"])
    func closesTheConnectionOfASecretHoweverItsPathIsWritten(path: String) async throws {
        let fixture = try await ControlFixture()
        #expect(try await fixture.unix.send("POST", path, json: "{}").isClosed)
        #expect(try await !fixture.unix.send("POST", "/v1/login/start/", json: "{}").isClosed)
        await fixture.stop()
    }

    @Test func refusesABodyWhereNoneBelongs() async throws {
        let fixture = try await ControlFixture()
        let answer = try await fixture.unix.send("POST", "/v1/invitations", json: "{}")
        #expect(answer.code == "malformed")
        let records = try await fixture.store.audit(last: 10)
        #expect(records.map(\.outcome) == ["malformed"])
        await fixture.stop()
    }

    @Test func refusesQueriesItDoesNotKnow() async throws {
        let fixture = try await ControlFixture()
        for (query, code) in [
            ("last=0", "malformed"), ("last=x", "malformed"), ("last=1&last=2", "malformed"), ("first=1", "unknown_field"),
        ] {
            #expect(try await fixture.unix.send("GET", "/v1/audit?\(query)").code == code, "\(query)")
        }
        await fixture.stop()
    }
}
