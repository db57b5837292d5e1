import HTTPWire
import Testing

@Suite struct HeadScannerTests {
    @Test func findsTheEnd() throws {
        var scanner = HeadScanner()
        let bytes = Array("GET / HTTP/1.1\r\n\r\nrest".utf8)
        #expect(try scanner.scan(bytes.span) == .complete(length: 18))
    }
}
