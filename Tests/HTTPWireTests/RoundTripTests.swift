import HTTPWire
import Testing

/// Random valid messages come out as they went in, and what is written reads the same again.
@Suite struct RoundTripTests {
    private static let token = "!#$%&'*+-.^`|~09azAZ"
    private static let value = "!\"#$%&'()*+,-./09:;<=>?@AZ[\\]^_`az{|}~ \t"

    @Test(arguments: 0..<200) func aRandomRequestComesOutAsItWentIn(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let method = random.text(Self.token, Int.random(in: 1...32, using: &random))
        let path = "/" + random.text("-._~!$&'()*+,;=:@/09azAZ", Int.random(in: 0...80, using: &random))
        let query = Bool.random(using: &random) ? random.text("-._~!$&'()*+,;=:@/?[]09azAZ", Int.random(in: 0...80, using: &random)) : nil
        var fields = [("Host", "example.com:\(UInt16.random(in: 0...65535, using: &random))")]
        for index in 0..<Int.random(in: 0...40, using: &random) {
            let name = "x" + random.text(Self.token, Int.random(in: 0...24, using: &random)) + "\(index)"
            let value = random.text(Self.value, Int.random(in: 0...120, using: &random))
            fields.append((name, String(value.drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed())))
        }
        fields.shuffle(using: &random)
        var text = "\(method) \(path)\(query.map { "?" + $0 } ?? "") HTTP/1.1\r\n"
        for (name, value) in fields {
            text += "\(name):\(random.text(" \t", Int.random(in: 0...3, using: &random)))\(value)"
            text += random.text(" \t", Int.random(in: 0...3, using: &random)) + "\r\n"
        }
        let bytes = Array((text + "\r\n").utf8)

        var head = RequestHead()
        try head.parse(bytes.span)
        #expect(string(head.methodName, bytes) == method)
        #expect(string(head.target.path, bytes) == path)
        #expect(head.target.query.map { string($0, bytes) } == query)
        #expect(head.headers.fields.map { string($0.name, bytes) } == fields.map(\.0))
        #expect(head.headers.fields.map { string($0.value, bytes) } == fields.map(\.1))

        let written = try write(head, bytes)
        var again = RequestHead()
        try again.parse(written.span)
        #expect(again.length == written.count)
        #expect(!again.headers.fields.contains { !$0.isCanonical })
        #expect(again.headers.fields.map { string($0.name, written) } == fields.map(\.0))
        #expect(again.headers.fields.map { string($0.value, written) } == fields.map(\.1))
        #expect(try write(again, written) == written)
    }

    @Test(arguments: 0..<100) func aRandomChunkedBodyComesOutAsItWentIn(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var wire: [UInt8] = []
        var payload: [UInt8] = []
        for _ in 0..<Int.random(in: 0...20, using: &random) {
            let size = Int.random(in: 1...(seed % 2 == 0 ? 20 : 5000), using: &random)
            let piece = (0..<size).map { _ in UInt8.random(in: 0...255, using: &random) }
            payload += piece
            wire += try sizeLine(size)
            wire += piece
            wire += Array("\r\n".utf8)
        }
        wire += Array("0\r\n\r\n".utf8)
        let cuts = (0..<Int.random(in: 0...40, using: &random)).map { _ in Int.random(in: 0...wire.count, using: &random) }.sorted()
        let reading = WireReading(.chunks, wire + [71], cuts: cuts)
        #expect(reading.error == nil)
        #expect(reading.isComplete)
        #expect(reading.body == payload)
        #expect(reading.consumed == wire.count)
    }

    private func string(_ range: ByteRange, _ bytes: [UInt8]) -> String { String(decoding: bytes[range.bounds], as: UTF8.self) }

    private func write(_ head: RequestHead, _ bytes: [UInt8]) throws -> [UInt8] {
        try Written.bytes(8192) { writer in
            writer.append(bytes.span, head.methodName)
            writer.append(" ")
            writer.append(bytes.span, head.target.whole)
            writer.append(" HTTP/1.1\r\n")
            for field in head.headers.fields { writer.append(field, of: bytes.span) }
            writer.append("\r\n")
        }
    }

    private func sizeLine(_ size: Int) throws -> [UInt8] {
        try Written.bytes(ChunkedEncoder.maximumSizeLineBytes) { ChunkedEncoder.sizeLine(size, to: &$0) }
    }
}
