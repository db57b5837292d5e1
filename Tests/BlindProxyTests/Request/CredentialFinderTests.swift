import HTTPWire
import Testing

@testable import BlindProxy

@Suite struct CredentialFinderTests {
    private static let token = "tct_" + String(repeating: "A", count: 64)
    private static let other = "tct_" + String(repeating: "B", count: 64)

    private func find(_ fields: String, target: String = "/openai/v1") throws -> (finder: CredentialFinder, text: String) {
        let (head, bytes) = try parsedRequest("POST \(target) HTTP/1.1\r\nHost: x\r\n\(fields)\r\n")
        let finder = try CredentialFinder(head, in: bytes.span)
        return (finder, String(decoding: bytes[finder.token.bounds], as: UTF8.self))
    }

    @Test(arguments: ["", "Authorization: Bearer\r\n", "Authorization: Bearer \r\n", "x-api-key:\r\n", "Authorization: Basic dTpw\r\n"])
    func saysThatThereIsNone(_ fields: String) {
        #expect(throws: ProxyError.tokenMissing) { try find(fields) }
    }

    @Test(arguments: ["Authorization: Bearer sk-123\r\n", "x-api-key: tct_short\r\n", "api-key: \(token)A\r\n", "x-goog-api-key: AIza\r\n"])
    func saysThatItIsNoToken(_ fields: String) {
        #expect(throws: ProxyError.tokenMalformed) { try find(fields) }
    }

    @Test(
        arguments: [
            "Authorization: Bearer \(token)\r\nx-api-key: \(other)\r\n",
            "x-api-key: \(token)\r\nx-api-key: \(other)\r\n",
            "x-api-key: \(token)\r\nAuthorization: Bearer sk-something-else\r\n",
        ])
    func refusesTwoDifferentCredentials(_ fields: String) {
        #expect(throws: ProxyError.tokenConflict) { try find(fields) }
    }

    @Test(
        arguments: [
            ("Authorization: Bearer \(token)\r\nx-other: \(token)\r\n", "/openai/v1"),
            ("Authorization: Bearer \(token)\r\n", "/openai/tct_x"),
            ("Authorization: Bearer \(token)\r\n", "/openai/v1?token=tct_"),
            ("Authorization: Basic \(token)\r\n", "/openai/v1"),
            ("User-Agent: \(token)\r\n", "/openai/v1"),
            ("x-api-key: \(token)\r\nCookie: a=\(other)\r\n", "/openai/v1"),
        ])
    func refusesATokenAnywhereElse(_ fields: String, _ target: String) {
        #expect(throws: ProxyError.tokenMisplaced) { try find(fields, target: target) }
    }

    @Test func refusesAQueryThatDiffersFromTheHeader() {
        #expect(throws: ProxyError.tokenConflict) { try find("x-api-key: \(Self.token)\r\n", target: "/a/b?key=\(Self.other)") }
    }

    @Test(
        arguments: [
            "Authorization: Bearer \(token)\r\n", "authorization: bearer   \(token)\r\n", "X-Api-Key: \(token)\r\n",
            "api-key: \(token)\r\n", "x-goog-api-key: \(token)\r\n", "x-amz-security-token: \(token)\r\n",
            "x-api-key: \(token)\r\nAuthorization: Bearer \(token)\r\n",
            "Authorization: AWS4-HMAC-SHA256 Credential=x\r\nX-Amz-Security-Token: \(token)\r\n",
        ])
    func findsItWhereSDKsPutIt(_ fields: String) throws {
        let found = try find(fields)
        #expect(found.text == Self.token)
        #expect(!found.finder.isInQuery)
    }

    private static let handshake = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Protocol: "

    @Test(
        arguments: [
            (handshake + "realtime, openai-insecure-api-key.sk-proj-1\r\n", ProxyError.tokenMalformed),
            (handshake + "openai-insecure-api-key.\(token)A\r\n", .tokenMalformed),
            (handshake + "openai-insecure-api-key.\(token), openai-insecure-api-key.\(other)\r\n", .tokenConflict),
            (handshake + "openai-insecure-api-key.\(token)\r\nx-api-key: \(other)\r\n", .tokenConflict),
            (handshake + "another-prefix.\(token)\r\n", .tokenMisplaced),
            (handshake + "x-openai-insecure-api-key.\(token)\r\n", .tokenMisplaced),
            (handshake + "openai-insecure-api-key.\(token), \(token)\r\n", .tokenMisplaced),
            ("Sec-WebSocket-Protocol: openai-insecure-api-key.\(token)\r\n", .tokenMisplaced),
        ])
    func aSubprotocolIsAPlaceForItInAHandshakeOnly(_ fields: String, _ error: ProxyError) {
        #expect(throws: error) { try find(fields) }
    }

    @Test func findsItInTheSubprotocolOfAHandshake() throws {
        for fields in ["", "x-api-key: \(Self.token)\r\n"] {
            let found = try find(Self.handshake + "realtime,openai-insecure-api-key.\(Self.token) , b\r\n" + fields)
            #expect(found.text == Self.token)
            #expect(!found.finder.isInQuery)
        }
    }

    @Test func findsItInTheKeyParameterOnlyWhereItIsAToken() throws {
        let found = try find("", target: "/gemini/v1?alt=sse&key=\(Self.token)")
        #expect(found.text == Self.token)
        #expect(found.finder.isInQuery)
        let ordinary = try find("x-api-key: \(Self.token)\r\n", target: "/gemini/v1?key=value")
        #expect(!ordinary.finder.isInQuery)
    }
}
