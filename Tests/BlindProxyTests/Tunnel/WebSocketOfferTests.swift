import HTTPWire
import Testing

@testable import BlindProxy

@Suite struct WebSocketOfferTests {
    private static let key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    private static let version = "Sec-WebSocket-Version: 13\r\n"

    private func offer(_ fields: String) throws -> WebSocketOffer {
        let (head, bytes) = try parsedRequest("GET /a HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\(fields)\r\n")
        let isUpgrade = head.isWebSocketUpgrade(bytes.span)
        #expect(isUpgrade)
        return try WebSocketOffer(head, in: bytes.span)
    }

    private func accepts(_ offered: String, _ answer: String) throws -> Bool {
        let offer = try offer(Self.key + Self.version + offered)
        let (head, bytes) = try parsedResponse("HTTP/1.1 101 x\r\n\(answer)\r\n")
        return offer.isAccepted(by: head, bytes.span)
    }

    @Test(
        arguments: [
            "", key, version, key + key + version, key + version + version, key + "Sec-WebSocket-Version: 8\r\n",
            key + "Sec-WebSocket-Version: 13, 8\r\n", "Sec-WebSocket-Key: short\r\n" + version,
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=A\r\n" + version, "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZ-==\r\n" + version,
            key + version + "Sec-WebSocket-Protocol: a b\r\n", key + version + "Sec-WebSocket-Protocol: a;b\r\n",
            key + version + "Sec-WebSocket-Protocol: " + (0..<65).map { "p\($0)" }.joined(separator: ",") + "\r\n",
        ])
    func refusesHandshakesThatAreNone(_ fields: String) {
        #expect(throws: ProxyError.upgradeMalformed) { try offer(fields) }
    }

    private static let upgrade = "Upgrade: websocket\r\nConnection: Upgrade\r\n"
    private static let proof = "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"

    @Test(
        arguments: [
            "", upgrade, proof,
            "Upgrade: websocket\r\n" + proof, "Connection: Upgrade\r\n" + proof,
            "Upgrade: h2c\r\nConnection: Upgrade\r\n" + proof, upgrade + "Upgrade: websocket\r\n" + proof,
            upgrade + "Sec-WebSocket-Accept: S3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n", upgrade + "Sec-WebSocket-Accept: \r\n",
            upgrade + proof + proof,
            upgrade + proof + "Sec-WebSocket-Extensions: permessage-deflate\r\n", upgrade + proof + "Sec-WebSocket-Protocol: other\r\n",
            upgrade + proof + "Sec-WebSocket-Protocol: CHAT\r\n", upgrade + proof + "Sec-WebSocket-Protocol: chat, super\r\n",
            upgrade + proof + "Sec-WebSocket-Protocol: chat\r\nSec-WebSocket-Protocol: chat\r\n",
            "Upgrade: websocket\r\nConnection: Upgrade, Sec-WebSocket-Accept\r\n" + proof,
        ])
    func refusesA101ThatAgreesToSomethingElse(_ answer: String) throws {
        #expect(try !accepts("Sec-WebSocket-Protocol: chat, super\r\nSec-WebSocket-Extensions: permessage-deflate\r\n", answer))
    }

    @Test func acceptsTheExampleOfTheRFC() throws {
        #expect(try accepts("", "upgrade: WebSocket\r\nconnection: keep-alive, upgrade\r\n" + Self.proof))
        let offered = "Sec-WebSocket-Protocol: chat\r\nSec-WebSocket-Protocol: super\r\n"
        #expect(try accepts(offered, Self.upgrade + Self.proof))
        #expect(try accepts(offered, Self.upgrade + Self.proof + "Sec-WebSocket-Protocol: super\r\n"))
    }

    @Test func sendsOnWhatTheClientOfferedButNoExtensionAndNoToken() throws {
        let token = "tct_" + String(repeating: "A", count: 64)
        let offer = try offer(
            Self.version + Self.key + "Sec-WebSocket-Extensions: permessage-deflate\r\nSec-WebSocket-Protocol: realtime,"
                + "openai-insecure-api-key.\(token), openai-beta.realtime-v1\r\n")
        let text = written { offer.write(to: &$0) }
        #expect(
            text == """
                Connection: Upgrade\r
                Upgrade: websocket\r
                Sec-WebSocket-Version: 13\r
                Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
                Sec-WebSocket-Protocol: realtime, openai-beta.realtime-v1\r

                """)
        #expect(text.utf8.count <= offer.capacity)
    }
}
