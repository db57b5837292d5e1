import HTTPWire
import Model
import Testing

@testable import BlindProxy

@Suite struct AnswerTests {
    private let id = RequestID(high: 0, low: 0)
    private let timing = ServerTiming(tacitNanoseconds: 42_999, upstreamNanoseconds: 18_250_001)

    @Test func dropsWhatActsOnTheClientsOrigin() throws {
        let (head, bytes) = try parsedResponse(
            """
            HTTP/1.1 200 Fine\r
            Content-Type: text/plain\r
            Set-Cookie: a=b\r
            Access-Control-Allow-Origin: *\r
            Alt-Svc: h3=":443"\r
            Clear-Site-Data: "*"\r
            Tacit-Key: forged@1\r
            Connection: close, X-Hop\r
            X-Hop: 1\r
            Keep-Alive: 5\r
            Transfer-Encoding: chunked\r
            x-request-id: abc\r
            Server-Timing: db;dur=53\r
            \r

            """)
        let writer = AnswerHead(
            head: head, framing: .chunked, requestID: id, receipt: Array("openai@3".utf8), alias: Array("openai".utf8), location: nil,
            timing: timing, closes: false)
        #expect(
            written { writer.write(bytes.span, to: &$0) } == """
                HTTP/1.1 200 Fine\r
                Content-Type: text/plain\r
                x-request-id: abc\r
                Server-Timing: db;dur=53\r
                Transfer-Encoding: chunked\r
                tacit-request-id: AAAAAAAAAAAAAAAAAAAAAA\r
                tacit-key: openai@3\r
                Server-Timing: tacit;dur=0.042, upstream;dur=18.250\r
                \r

                """)
    }

    @Test func aHeadOfFieldsWithoutSpacesFits() throws {
        let fields = (100..<220).map { "a\($0):b\r\n" }.joined()
        let (head, bytes) = try parsedResponse("HTTP/1.1 200 OK\r\n\(fields)\r\n")
        let writer = AnswerHead(
            head: head, framing: .chunked, requestID: id, receipt: Array("openai@3".utf8), alias: Array("openai".utf8), location: nil,
            timing: timing, closes: true)
        // What does not fit is not written, and nothing after it: the last line is there only where everything fits.
        #expect(written(capacity: writer.capacity) { writer.write(bytes.span, to: &$0) }.hasSuffix("Connection: close\r\n\r\n"))
    }

    @Test func writesTheRewrittenLocationAndTheEnd() throws {
        let (head, bytes) = try parsedResponse("HTTP/1.1 307 \r\nLocation: https://h/v1/x?y\r\nContent-Length: 0\r\n\r\n")
        let field = try #require(head.headers.first(.location))
        let outcome = LocationRewriter(destination: try Destination(url: "https://h/v1")).decide(field.value, in: bytes.span)
        let writer = AnswerHead(
            head: head, framing: .contentLength(0), requestID: id, receipt: Array("a@1".utf8), alias: Array("a".utf8), location: outcome,
            timing: timing, closes: true)
        #expect(
            written { writer.write(bytes.span, to: &$0) }
                == "HTTP/1.1 307 \r\nLocation: /a/x?y\r\nContent-Length: 0\r\ntacit-request-id: AAAAAAAAAAAAAAAAAAAAAA\r\ntacit-key: a@1\r\nServer-Timing: tacit;dur=0.042, upstream;dur=18.250\r\nConnection: close\r\n\r\n"
        )
    }

    @Test func anErrorHasTheShapeBothSDKsRender() throws {
        let answer = ErrorAnswer(error: ProxyError(401, "session_expired", "say \"hi\"\n"), requestID: id, closes: false, isHead: false)
        let (head, bytes) = try parsedResponse(String(decoding: answer.bytes, as: UTF8.self))
        #expect(head.status == 401)
        #expect(head.headers.first(.xShouldRetry) != nil)
        let body = Array(bytes[head.length...])
        #expect(head.framing == .contentLength(UInt64(body.count)))
        let message = try WireJSON.decode(ErrorMessage.self, from: body)
        #expect(message == ErrorMessage(code: "session_expired", message: "say \"hi\"\n", requestID: "AAAAAAAAAAAAAAAAAAAAAA"))
    }

    @Test func onlyRefusalsThatStayForbidRetries() {
        #expect(ProxyError.tokenMissing.forbidsRetry)
        #expect(ProxyError(404, "alias_unknown", "").forbidsRetry)
        #expect(ProxyError(429, "requests_used_up", "").forbidsRetry)
        #expect(!ProxyError(429, "rate_limited", "").forbidsRetry)
        #expect(!ProxyError.upstreamClosed.forbidsRetry)
    }

    @Test func requestIDsDiffer() {
        var source = RequestIDSource()
        let ids = (0..<1_000).map { _ in source.next().string }
        #expect(Set(ids).count == 1_000)
        #expect(ids.allSatisfy { Blob(text: $0)?.bytes.count == 16 })
    }
}
