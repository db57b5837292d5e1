import HTTPWire
import Testing

@Suite struct ByteWriterTests {
    @Test func writesNothingPastItsMemory() {
        #expect(throws: HTTPWireError.outputFull) { try Written.bytes(3) { $0.append("abcd") } }
        #expect(throws: HTTPWireError.outputFull) { try Written.bytes(0) { $0.append(1) } }
    }

    /// A smaller piece that would fit must not follow one that did not.
    @Test func staysFull() {
        #expect(throws: HTTPWireError.outputFull) {
            try Written.bytes(3) { writer in
                writer.append("abcd")
                writer.append(UInt8(ascii: "e"))
                let (count, isOverflowed) = (writer.count, writer.isOverflowed)
                #expect(count == 0)
                #expect(isOverflowed)
            }
        }
    }

    @Test func fillsItsMemory() throws {
        let bytes = Array("cd".utf8)
        #expect(
            try Written.bytes(5) { writer in
                writer.append("ab")
                writer.append(bytes.span)
                writer.append(UInt8(ascii: "e"))
            } == Array("abcde".utf8))
    }

    @Test(arguments: [0, 1, 9, 10, 99, 100, 12_345, 1 << 32, UInt64.max]) func writesNumbers(_ number: UInt64) throws {
        #expect(try Written.bytes(20) { $0.append(decimal: number) } == Array("\(number)".utf8))
        #expect(try Written.bytes(16) { $0.append(hexadecimal: number) } == Array(String(number, radix: 16).utf8))
    }

    @Test func writesHeads() throws {
        let reason = Array("Not Found".utf8)
        let written = try Written.bytes(256) { writer in
            writer.appendStatusLine(404, reason: reason.span, ByteRange(0, reason.count))
            writer.appendField("A", "b")
            writer.appendField("C", 7)
            writer.appendField("D", reason.span)
            writer.append(BodyFraming.none)
            writer.append(BodyFraming.untilClose)
            writer.append(BodyFraming.chunked)
            writer.append(BodyFraming.contentLength(3))
        }
        #expect(
            String(decoding: written, as: UTF8.self)
                == "HTTP/1.1 404 Not Found\r\nA: b\r\nC: 7\r\nD: Not Found\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n")
        #expect(try Written.bytes(64) { $0.appendStatusLine(200, "OK") } == Array("HTTP/1.1 200 OK\r\n".utf8))
    }

    @Test func aChunkOfNothingIsNotWritten() throws {
        #expect(try Written.bytes(18) { ChunkedEncoder.sizeLine(0, to: &$0) } == [])
        #expect(try Written.bytes(18) { ChunkedEncoder.sizeLine(-1, to: &$0) } == [])
        #expect(try Written.bytes(18) { ChunkedEncoder.sizeLine(Int.max, to: &$0) } == Array("7fffffffffffffff\r\n".utf8))
    }
}
