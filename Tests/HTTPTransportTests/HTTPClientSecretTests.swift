import HTTPTransport
import SecretMemory
import Testing

@Suite struct HTTPClientSecretTests {
    @Test func noSecretGoesToAnotherMachineWithoutTLS() async throws {
        let origin = try HTTPOrigin.parse("http://vault.invalid:8200")
        let refused = HTTPTransportError.plaintextRefused(host: origin.description)
        let header = try HTTPSecretHeader(name: "X-Vault-Token", value: SecretBytes(text: "hvs.x"))
        let client = try HTTPClient(origin: origin)
        await #expect(throws: refused) { try await client.send(HTTPRequest(method: "GET", path: "/", secretHeaders: [header])) }
        let body = HTTPBody.secret(SecretBox(SecretBytes(text: "x")))
        await #expect(throws: refused) { try await client.send(HTTPRequest(method: "POST", path: "/", body: body)) }
        await #expect(throws: refused) { try await client.sendForSecret(HTTPRequest(method: "GET", path: "/")) }
        let always = try HTTPClient(origin: origin, secretHeaders: [header])
        await #expect(throws: refused) { try await always.send(HTTPRequest(method: "GET", path: "/")) }
        await #expect(throws: refused) { try await always.stream(HTTPRequest(method: "GET", path: "/")) { _ in .proceed } }
    }

    @Test func aSecretBodyIsSentOnce() async throws {
        let server = try TestServer()
        let client = try HTTPClient(origin: server.origin)
        let request = HTTPRequest(method: "POST", path: "/mirror", body: .secret(SecretBox(SecretBytes(text: "abc"))))
        #expect(try await client.send(request).body == Array("abc".utf8))
        let error = await #expect(throws: HTTPTransportError.self) { try await client.send(request) }
        guard case .invalidRequest = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test(arguments: [1, 16_384, 65_537, 300_000])
    func secretBodiesOfAllSizesGoAndComeUnchanged(_ count: Int) async throws {
        let server = try TestServer()
        let client = try HTTPClient(origin: server.origin)
        let text = String((0..<count).map { Character(UnicodeScalar(UInt8(97 + $0 % 26))) })
        let request = HTTPRequest(method: "POST", path: "/mirror", body: .secret(SecretBox(SecretBytes(text: text))))
        let response = try await client.sendForSecret(request)
        #expect(response.status == 200)
        guard let secret = response.body?.take() else {
            Issue.record("no body")
            return
        }
        let isSame = secret.exposedText() == text
        #expect(isSame)
    }

    @Test func anEmptySecretAnswerHasNoBody() async throws {
        let server = try TestServer()
        let client = try HTTPClient(origin: server.origin)
        let response = try await client.sendForSecret(HTTPRequest(method: "GET", path: "/body/0"))
        #expect(response.status == 200 && response.body == nil)
    }

    @Test func secretHeadersOfClientAndRequestArriveAndAreReusable() async throws {
        let server = try TestServer()
        let token = try HTTPSecretHeader.bearer(SecretBytes(text: "tct_abc-_=+/~."))
        let vault = try HTTPSecretHeader(name: "X-Vault-Token", value: SecretBytes(text: "hvs.123"))
        let client = try HTTPClient(origin: server.origin, secretHeaders: [token])
        let request = HTTPRequest(method: "GET", path: "/echo", secretHeaders: [vault])
        for _ in 0..<2 {
            let seen = try Echo(await client.send(request))
            #expect(seen.values("Authorization") == ["Bearer tct_abc-_=+/~."])
            #expect(seen.values("X-Vault-Token") == ["hvs.123"])
        }
    }

    @Test func aConnectionThatCarriedASecretBodyIsNotKept() async throws {
        let server = try TestServer()
        let client = try HTTPClient(origin: server.origin)
        let body = HTTPBody.secret(SecretBox(SecretBytes(text: "x")))
        let secret = try Echo(await client.send(HTTPRequest(method: "POST", path: "/echo", body: body))).connection
        let first = try Echo(await client.send(HTTPRequest(method: "GET", path: "/echo"))).connection
        #expect(first != secret)
        #expect(try Echo(await client.send(HTTPRequest(method: "GET", path: "/echo"))).connection == first)
    }
}
