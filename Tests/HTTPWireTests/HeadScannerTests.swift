import HTTPWire
import Testing

@Suite struct HeadScannerTests {
    @Test(arguments: [("GET / HTTP/1.1\n", HTTPWireError.bareLF), ("GET\rX", .bareCR), ("GET /\0", .controlByte), ("\r\n", .emptyHead)])
    func refusesAtTheFirstBadByte(_ text: String, _ error: HTTPWireError) {
        var scanner = HeadScanner()
        let bytes = Array(text.utf8)
        #expect(throws: Never.self) { try scanner.scan(bytes.span.extracting(droppingLast: 1)) }
        #expect(throws: error) { try scanner.scan(bytes.span) }
    }

    @Test func refusesTheHeadThatReachesItsLimitWithoutAnEnd() throws {
        let bytes = Array("GET / HTTP/1.1\r\nX: ".utf8) + [UInt8](repeating: 120, count: 100)
        var scanner = HeadScanner(limits: HeadLimits(headBytes: 64))
        #expect(try scanner.scan(bytes.span.extracting(first: 63)) == .needsMore)
        #expect(throws: HTTPWireError.headTooLarge) { try scanner.scan(bytes.span.extracting(first: 64)) }
    }

    @Test func acceptsTheHeadThatEndsAtItsLimit() throws {
        let bytes = Array(("GET / HTTP/1.1\r\nX: " + String(repeating: "x", count: 41) + "\r\n\r\nbody").utf8)
        var scanner = HeadScanner(limits: HeadLimits(headBytes: 64))
        #expect(try scanner.scan(bytes.span) == .complete(length: 64))
    }

    @Test func countsHeadersAsTheyArrive() throws {
        var scanner = HeadScanner(limits: HeadLimits(headers: 2))
        let bytes = Array("GET / HTTP/1.1\r\na: b\r\na: b\r\na: b\r\n".utf8)
        #expect(try scanner.scan(bytes.span.extracting(droppingLast: 1)) == .needsMore)
        #expect(throws: HTTPWireError.tooManyHeaders) { try scanner.scan(bytes.span) }
    }

    @Test func startsOverForTheNextHead() throws {
        var scanner = HeadScanner()
        let first = Array("GET /first HTTP/1.1\r\n\r\n".utf8)
        let second = Array("GET / HTTP/1.1\r\n\r\nrest".utf8)
        #expect(try scanner.scan(first.span) == .complete(length: first.count))
        scanner.reset()
        #expect(try scanner.scan(second.span) == .complete(length: 18))
    }

    /// Every byte that may not stand in a head, at every place of a step of eight bytes.
    @Test(arguments: 0..<24) func seesControlBytesWhereverTheyStand(_ place: Int) {
        for byte in UInt8.min...UInt8.max {
            var bytes = Array("GET / HTTP/1.1\r\nX: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n\r\n".utf8)
            bytes[19 + place] = byte
            var scanner = HeadScanner()
            let isControl = byte < 0x20 && byte != 9 || byte == 0x7f
            #expect((try? scanner.scan(bytes.span)) == (isControl ? nil : .complete(length: bytes.count)), "byte \(byte)")
        }
    }
}
