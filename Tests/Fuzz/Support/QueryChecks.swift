import HTTPWire

/// The properties of queries.
enum QueryChecks {
    /// - Parameter query: of an accepted request.
    static func run(_ bytes: [UInt8], _ query: ByteRange) {
        let all = query.isEmpty ? [] : bytes[query.bounds].split(separator: 0x26, omittingEmptySubsequences: false).map(Array.init)
        var scanner = QueryScanner(query)
        var seen: [[UInt8]] = []
        while let parameter = scanner.next(bytes.span) {
            let whole = Array(bytes[parameter.whole.bounds])
            let halves = whole.split(separator: 0x3d, maxSplits: 1, omittingEmptySubsequences: false)
            check(halves[0].elementsEqual(bytes[parameter.name.bounds]), "a parameter's name ends before its first equals sign")
            let value = halves.count == 2 ? Array(halves[1]) : []
            check(value == Array(bytes[parameter.value.bounds]), "a parameter's value follows its first equals sign")
            seen.append(whole)
        }
        check(seen == all, "parameters make up their query")
        checkRemoval(bytes, query, all)
    }

    /// Whether a parameter is found, and taken out, in every spelling of its name.
    private static func checkRemoval(_ bytes: [UInt8], _ query: ByteRange, _ all: [[UInt8]]) {
        let kept = all.filter { parameter in
            let name = parameter.prefix { $0 != 0x3d }.map { $0 == 0x2b ? 0x20 : $0 }
            return PlainBytes.percentDecoded(name) != Array("key".utf8)
        }
        let written = WrittenBytes.of(capacity: query.count) { QueryScanner.write(bytes.span, query, without: "key", to: &$0) }
        check(written == Array(kept.joined(separator: [0x26])), "a query is written without what is left out, and else the same")
        var scanner = QueryScanner(query)
        var found = 0
        while scanner.next(named: "key", bytes.span) != nil { found += 1 }
        check(found == all.count - kept.count, "a parameter is found in every spelling of its name")
    }
}
