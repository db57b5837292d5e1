import HTTPWire
import Testing

@Suite struct QueryScannerTests {
    @Test(arguments: [
        ("key=a", ""), ("key=a&b=c", "b=c"), ("b=c&key=a", "b=c"), ("b=c&key=a&d", "b=c&d"), ("key", ""), ("key=", ""), ("key=a&key=b", ""),
        ("%6bey=a&b", "b"), ("k%65%79=a", ""), ("Key=a", "Key=a"), ("keys=a", "keys=a"), ("ke=a", "ke=a"), ("xkey=a", "xkey=a"),
        ("a=key", "a=key"), ("a=b=c&key=d=e", "a=b=c"), ("%252bkey=a", "%252bkey=a"), ("ke%79%00=a", "ke%79%00=a"), ("a&&b", "a&&b"),
    ])
    func cutsOutTheParameterAndLeavesTheOthers(_ query: String, _ rest: String) throws {
        let bytes = Array(("?" + query + " ").utf8)
        var wrote = false
        let written = try Written.bytes(64) { writer in
            wrote = QueryScanner.write(bytes.span, ByteRange(1, 1 + query.utf8.count), without: "key", to: &writer)
        }
        #expect(String(decoding: written, as: UTF8.self) == rest)
        #expect(wrote == !rest.isEmpty)
    }

    @Test func findsEveryParameterOfAName() throws {
        let bytes = Array("key=1&a=2&key=3&k%65y&key".utf8)
        var scanner = QueryScanner(ByteRange(0, bytes.count))
        var values: [String] = []
        while let parameter = scanner.next(named: "key", bytes.span) {
            values.append(String(decoding: bytes[parameter.value.bounds], as: UTF8.self))
        }
        #expect(values == ["1", "3", "", ""])
    }

    @Test(arguments: [("", 0), ("a", 1), ("a&", 2), ("&", 2), ("a=b&c=d", 2)]) func countsParameters(_ query: String, _ count: Int) {
        let bytes = Array(query.utf8)
        var scanner = QueryScanner(ByteRange(0, bytes.count))
        var found = 0
        while scanner.next(bytes.span) != nil { found += 1 }
        #expect(found == count)
    }

    @Test(arguments: [("a%20b", "a b"), ("a+b", "a b"), ("a%2bb", "a+b"), ("%", "%"), ("%4", "%4"), ("%zz", "%zz"), ("%41%4", "A%4")])
    func decodesValues(_ encoded: String, _ decoded: String) throws {
        let bytes = Array(encoded.utf8)
        let written = try Written.bytes(16) {
            PercentDecoder.decode(bytes.span, ByteRange(0, bytes.count), plusIsSpace: true, to: &$0)
        }
        #expect(String(decoding: written, as: UTF8.self) == decoded)
    }
}
