import HTTPWire
import Testing

@Suite struct BodyDecoderTests {
    @Test(arguments: [BodyFraming.contentLength(4), .chunked]) func aConnectionThatEndsEarlyIsAnError(_ framing: BodyFraming) throws {
        var decoder = BodyDecoder(framing)
        var at = 0
        let bytes = Array("3\r\n".utf8)
        while try decoder.step(bytes.span, at: &at) != .needsMore {}
        #expect(!decoder.isComplete)
        #expect(throws: HTTPWireError.truncatedBody) { try decoder.finish() }
    }

    @Test func theEndOfTheConnectionEndsABodyWithoutFraming() throws {
        var decoder = BodyDecoder(.untilClose)
        var at = 0
        let bytes = Array("abc".utf8)
        #expect(try decoder.step(bytes.span, at: &at) == .payload(ByteRange(0, 3)))
        #expect(try decoder.step(bytes.span, at: &at) == .needsMore)
        #expect(!decoder.isComplete)
        #expect(throws: Never.self) { try decoder.finish() }
    }

    @Test(arguments: [BodyFraming.none, .contentLength(0)]) func noBodyTakesNothing(_ framing: BodyFraming) throws {
        var decoder = BodyDecoder(framing)
        var at = 0
        let bytes = Array("GET".utf8)
        #expect(decoder.isComplete)
        #expect(try decoder.step(bytes.span, at: &at) == .end)
        #expect(at == 0)
        #expect(throws: Never.self) { try decoder.finish() }
    }

    @Test func takesItsLengthAndNoMore() throws {
        var decoder = BodyDecoder(.contentLength(5))
        var at = 0
        let first = Array("abc".utf8)
        #expect(try decoder.step(first.span, at: &at) == .payload(ByteRange(0, 3)))
        #expect(try decoder.step(first.span, at: &at) == .needsMore)
        at = 1
        let second = Array("xdeGET".utf8)
        #expect(try decoder.step(second.span, at: &at) == .payload(ByteRange(1, 3)))
        #expect(try decoder.step(second.span, at: &at) == .end)
        #expect(at == 3)
        #expect(decoder.isComplete)
    }

    @Test func chunksReportTheirPayloadInPlace() throws {
        var decoder = ChunkedDecoder()
        var at = 0
        let bytes = Array("3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nt: v\r\n\r\nGET".utf8)
        #expect(try decoder.step(bytes.span, at: &at) == .payload(ByteRange(3, 6)))
        #expect(try decoder.step(bytes.span, at: &at) == .payload(ByteRange(15, 17)))
        #expect(try decoder.step(bytes.span, at: &at) == .end)
        #expect(bytes.count - at == 3)
        #expect(decoder.decodedBytes == 5)
        #expect(decoder.trailerCount == 1)
        #expect(try decoder.step(bytes.span, at: &at) == .end)
    }
}
