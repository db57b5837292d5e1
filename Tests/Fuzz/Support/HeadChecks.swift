import HTTPWire

/// The properties of an accepted head that have nothing to do with its start line.
enum HeadChecks {
    /// - Parameter bytes: the head alone.
    static func run(_ head: some FuzzedHead, _ bytes: [UInt8]) {
        let facts = head.facts(bytes.span)
        check(facts.length == bytes.count && isWhole(bytes), "a head ends with its first empty line")
        for range in facts.ranges + facts.fields.flatMap({ [$0.name, $0.value] }) {
            check(range.upperBound <= bytes.count - 4, "every range lies in its head")
            check(
                !bytes[range.bounds].contains { $0 < 0x20 && $0 != 9 || $0 == 0x7f },
                "no range holds CR, LF, NUL or another control byte")
        }
        checkLines(facts.fields, bytes)
        checkFraming(facts, bytes)
        checkNominations(facts.fields, bytes)
        checkRewriting(head, facts, bytes)
    }

    private static func isWhole(_ bytes: [UInt8]) -> Bool {
        let lineFeeds = bytes.indices.filter { bytes[$0] == 10 }
        let ends = zip(lineFeeds, lineFeeds.dropFirst()).filter { $1 == $0 + 2 && bytes[$0 + 1] == 13 && bytes[$0 - 1] == 13 }
        return ends.map(\.1) == [bytes.count - 1]
    }

    /// Every byte behind the start line belongs to a field: name, colon, white space, value, white space, CR LF.
    private static func checkLines(_ fields: [HeaderField], _ bytes: [UInt8]) {
        guard var lineStart = bytes.firstIndex(of: 10).map({ $0 + 1 }) else { return }
        for field in fields {
            let (name, value) = (field.name, field.value)
            check(name.lowerBound == lineStart && PlainBytes.isToken(bytes[name.bounds]), "a field begins its line with a token")
            check(bytes[name.upperBound] == 0x3a, "a colon follows a field's name")
            check(value.lowerBound > name.upperBound, "a value stands behind its colon")
            let before = bytes[(name.upperBound + 1)..<value.lowerBound]
            check(before.allSatisfy(PlainBytes.isSpace), "nothing but white space comes before a value")
            check(Array(bytes[value.bounds]) == PlainBytes.trimmed(bytes[value.bounds]), "a value has no white space around it")
            let lineEnd = bytes[value.upperBound...].firstIndex { !PlainBytes.isSpace($0) } ?? bytes.count
            check(bytes[lineEnd...].starts(with: [13, 10]), "nothing but white space follows a value")
            let line = Array(bytes[name.bounds]) + [0x3a, 0x20] + Array(bytes[value.bounds]) + [13, 10]
            let isCanonical = bytes[lineStart..<(lineEnd + 2)].elementsEqual(line)
            check(field.isCanonical == isCanonical, "a field is canonical that is written as we would write it")
            check(!field.isCanonical || line == Array(bytes[field.line.bounds]), "a canonical field's line is the whole line")
            lineStart = lineEnd + 2
        }
        check(bytes[lineStart...].elementsEqual([13, 10]), "no line is missing from the fields")
    }

    /// Exactly what the fields say, and never two framings.
    private static func checkFraming(_ facts: HeadFacts, _ bytes: [UInt8]) {
        func values(_ name: String, _ kind: HeaderName) -> [String] {
            let named = facts.fields.filter { PlainBytes.lowercased(bytes[$0.name.bounds]) == name }
            check(named == facts.fields.filter { $0.kind == kind }, "a framing field is known by its name in any case")
            check(facts.present.contains(kind) == !named.isEmpty, "a field's presence is noted")
            check(facts.repeated.contains(kind) == (named.count > 1), "a field's repetition is noted")
            return named.map { PlainBytes.lowercased(bytes[$0.value.bounds]) }
        }
        let lengths = values("content-length", .contentLength)
        let codings = values("transfer-encoding", .transferEncoding)
        switch facts.declaredFraming {
        case .none: check(lengths.isEmpty && codings.isEmpty, "who announces nothing has no framing field")
        case .contentLength(let length):
            check(codings.isEmpty && lengths.count == 1, "a length is the only framing")
            check(lengths[0].utf8.allSatisfy(PlainBytes.isDigit) && UInt64(lengths[0]) == length, "a length is as it is written")
            check(length <= UInt64(Int64.max), "a length is below 2^63")
        case .chunked:
            check(lengths.isEmpty && codings == ["chunked"], "chunks are the only framing")
            check(facts.version == .http11, "chunks need HTTP/1.1")
        case .untilClose: check(false, "no field announces a body until the connection closes")
        }
    }

    /// `Connection` ends at this hop what it names, and nothing else.
    private static func checkNominations(_ fields: [HeaderField], _ bytes: [UInt8]) {
        let lists = fields.filter { PlainBytes.lowercased(bytes[$0.name.bounds]) == "connection" }.map { bytes[$0.value.bounds] }
        let options = lists.flatMap { PlainBytes.members($0).map { PlainBytes.lowercased($0[...]) } }
        let spoken: Set<String> = ["close", "keep-alive", "upgrade"]
        let named = Set(options).subtracting(spoken)
        check(named.isDisjoint(with: PlainHead.neededNames), "Connection cannot name what the message needs")
        for field in fields {
            check(field.isNominated == named.contains(PlainBytes.lowercased(bytes[field.name.bounds])), "Connection ends what it names")
        }
    }

    /// A head written from its ranges says the same.
    private static func checkRewriting(_ head: some FuzzedHead, _ facts: HeadFacts, _ bytes: [UInt8]) {
        func written(_ head: some FuzzedHead, _ bytes: [UInt8]) -> [UInt8] {
            WrittenBytes.of(capacity: bytes.count + 2 * facts.fields.count + 64) { writer in
                head.writeStartLine(bytes.span, to: &writer)
                for field in head.headers.fields { writer.append(field, of: bytes.span) }
                writer.append("\r\n")
            }
        }
        let first = written(head, bytes)
        guard let reference = PlainHead(first, from: 0, HeadLimits(headBytes: 1_048_576, headers: 1024, targetBytes: 1_048_576)) else {
            check(false, "a written head is a head")
            return
        }
        let names = facts.fields.map { PlainBytes.lowercased(bytes[$0.name.bounds]) }
        let values = facts.fields.map { Array(bytes[$0.value.bounds]) }
        check(reference.length == first.count && reference.fields.map(\.name) == names, "a written head has the same fields")
        check(reference.fields.map(\.value) == values, "a written head has the same values")
        check(reference.declaredFraming == facts.declaredFraming, "a written head announces the same body")
    }
}
