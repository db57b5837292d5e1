import HTTPWire
import Testing

/// What vectors cannot say: reuse, lookups, limits of the caller's.
@Suite struct RequestHeadTests {
    @Test func aHeadWithoutItsEndIsTruncated() {
        let bytes = Array("GET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
        for count in 0..<bytes.count {
            var head = RequestHead()
            #expect(throws: HTTPWireError.truncatedHead, "\(count)") { try head.parse(bytes.span.extracting(first: count)) }
        }
    }

    @Test func aHeadOverTheCallersLimitIsTooLarge() {
        let bytes = Array(("GET / HTTP/1.1\r\nHost: a\r\nX: " + String(repeating: "x", count: 64) + "\r\n\r\n").utf8)
        var head = RequestHead()
        #expect(throws: HTTPWireError.headTooLarge) { try head.parse(bytes.span, limits: HeadLimits(headBytes: 64)) }
        #expect(throws: HTTPWireError.tooManyHeaders) { try head.parse(bytes.span, limits: HeadLimits(headers: 1)) }
        #expect(throws: Never.self) { try head.parse(bytes.span) }
    }

    @Test func nothingOfOneHeadIsLeftInTheNext() throws {
        let first = Array(
            "POST /a?b HTTP/1.0\r\nHost: a:1\r\nExpect: 100-continue\r\nConnection: close, x\r\nx: 1\r\nx: 2\r\nContent-Length: 3\r\n\r\n"
                .utf8)
        let second = Array("GET / HTTP/1.1\r\nHost: b\r\nX: 1\r\n\r\n".utf8)
        var head = RequestHead()
        try head.parse(first.span)
        try head.parse(second.span)
        var fresh = RequestHead()
        try fresh.parse(second.span)
        #expect(HeadFacts.of(head, second.span) == HeadFacts.of(fresh, second.span))
        #expect(head.headers.present == fresh.headers.present)
        #expect(head.headers.repeated == fresh.headers.repeated)
        #expect(head.connection == ConnectionOptions())
        #expect(head.length == second.count)
    }

    @Test func whatFollowsTheHeadIsNotRead() throws {
        let bytes = Array("GET / HTTP/1.1\r\nHost: a\r\n\r\n\0\nnot HTTP".utf8)
        var head = RequestHead()
        try head.parse(bytes.span)
        #expect(head.length == 27)
    }

    @Test func findsFieldsByKindAndByName() throws {
        let bytes = Array("GET / HTTP/1.1\r\nHost: a\r\nX-Api-Key: 1\r\nX-Custom: 2\r\nx-api-key: 3\r\n\r\n".utf8)
        var head = RequestHead()
        try head.parse(bytes.span)
        #expect(head.headers.first(.authorization) == nil)
        #expect(head.headers.first(.xApiKey)?.value == ByteRange(36, 37))
        #expect(head.headers.repeated == HeaderNameSet(.xApiKey))
        #expect(head.headers.first(named: "x-custom", in: bytes.span).map { bytes[$0.value.bounds] } == [UInt8(ascii: "2")])
        #expect(head.headers.first(named: "x-custo", in: bytes.span) == nil)
    }

    @Test func aCanonicalLineCanBeCopied() throws {
        let bytes = Array("GET / HTTP/1.1\r\nHost: a\r\nB:c\r\nD:  e\r\nF: g \r\nH:\ti\r\nJ: \r\n\r\n".utf8)
        var head = RequestHead()
        try head.parse(bytes.span)
        let canonical = head.headers.fields.filter(\.isCanonical).map { String(decoding: bytes[$0.line.bounds], as: UTF8.self) }
        #expect(canonical == ["Host: a\r\n", "J: \r\n"])
        let written = try Written.bytes(128) { writer in
            for field in head.headers.fields { writer.append(field, of: bytes.span) }
        }
        #expect(String(decoding: written, as: UTF8.self) == "Host: a\r\nB: c\r\nD: e\r\nF: g\r\nH: i\r\nJ: \r\n")
    }
}
