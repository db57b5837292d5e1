import Testing

@testable import HTTPTransport

@Suite struct ResponseHeadParserTests {
    @Test(arguments: [
        ["HTTP/1.1 abc OK\r\n"], ["HTTP/2 200\r\n"], ["HTTP/1.1 20\r\n"], ["HTTP/1.1 099 X\r\n"], ["hello\r\n"], ["\r\n"],
        ["HTTP/1.1 200 OK\n"], ["HTTP/1.1 200 OK\r\n", "A: b\n"], ["HTTP/1.1 200 OK\r\n", "A : b\r\n"], ["HTTP/1.1 200 OK\r\n", ": b\r\n"],
        ["HTTP/1.1 200 OK\r\n", "no colon\r\n"], ["HTTP/1.1 200 OK\r\n", "A: b\r\n", " folded\r\n"],
        ["HTTP/1.1 200 OK\r\n", "A: b\rc\r\n"],
        ["HTTP/1.1 200 OK\r\n", "A: \u{0}\r\n"], ["HTTP/1.1 101 Switching Protocols\r\n", "\r\n"],
        ["HTTP/1.1 200 OK\r\n", "Content-Length: 1\r\n", "content-length: 1\r\n", "\r\n"],
        ["HTTP/1.1 200 OK\r\n", "Content-Length: 1, 1\r\n", "\r\n"], ["HTTP/1.1 200 OK\r\n", "Content-Length: -1\r\n", "\r\n"],
        ["HTTP/1.1 200 OK\r\n", "Content-Length:\r\n", "\r\n"],
        ["HTTP/1.1 200 OK\r\n", "Content-Length: 99999999999999999999\r\n", "\r\n"],
        ["HTTP/1.1 200 OK\r\n", "Content-Length: 1\r\n", "Transfer-Encoding: chunked\r\n", "\r\n"],
        ["HTTP/1.1 200 OK\r\n", "Transfer-Encoding: chunked\r\n", "Transfer-Encoding: chunked\r\n", "\r\n"],
        ["HTTP/1.1 200 OK\r\n", "Transfer-Encoding: gzip, chunked\r\n", "\r\n"],
    ])
    func refuses(_ lines: [String]) {
        #expect(throws: HTTPTransportError.self) { try head(lines) }
    }

    @Test func limitsNumberAndSizeOfHeaders() {
        let start = ["HTTP/1.1 200 OK\r\n"]
        #expect(throws: HTTPTransportError.self) { try head(start + Array(repeating: "a: b\r\n", count: 257)) }
        #expect(throws: HTTPTransportError.self) { try head(start + ["a: " + String(repeating: "b", count: 65_536) + "\r\n"]) }
        // Interim answers count as well, or a peer could send them for ever.
        #expect(throws: HTTPTransportError.self) {
            try head(Array(repeating: ["HTTP/1.1 103 Early Hints\r\n", "\r\n"], count: 3_000).flatMap(\.self))
        }
    }

    @Test func readsAHeadAfterAnInterimAnswerAndDropsTrailers() throws {
        var parser = ResponseHeadParser()
        let lines = ["HTTP/1.1 103 Early Hints\r\n", "Link: x\r\n", "\r\n", "HTTP/1.1 201 \r\n", "A:  b c\t\r\n", "a:\r\n"]
        for line in lines { #expect(try parser.consume(Array(line.utf8)) == nil) }
        let head = try #require(try parser.consume(Array("\r\n".utf8)))
        #expect(head.status == 201)
        #expect(head.headers.map(\.0) == ["A", "a"])
        #expect(head.headers.map(\.1) == ["b c", ""])
        #expect(head.header("A") == "b c")
        #expect(try parser.consume(Array("Trailer: x\r\n".utf8)) == nil)
    }

    private func head(_ lines: [String]) throws -> HTTPResponseHead? {
        var parser = ResponseHeadParser()
        var result: HTTPResponseHead?
        for line in lines { result = try parser.consume(Array(line.utf8)) ?? result }
        return result
    }
}
