/// Reads one line of a `.env` file.
enum DotEnvLine {
    /// The assignment on this line; `nil` where there is none or it needs a shell to read.
    static func entry(_ bytes: RawSpan, _ range: Range<Int>, number: Int) -> DotEnvEntry? {
        var end = range.upperBound
        if end > range.lowerBound, bytes.byte(at: end - 1) == UInt8(ascii: "\r") { end -= 1 }
        var index = skipSpace(bytes, range.lowerBound, end)
        if let after = skipWord(bytes, "export", index, end) { index = after }
        let nameStart = index
        while index < end, Self.isNameByte(bytes.byte(at: index), first: index == nameStart) { index += 1 }
        let nameRange = nameStart..<index
        index = skipSpace(bytes, index, end)
        guard !nameRange.isEmpty, index < end, bytes.byte(at: index) == UInt8(ascii: "=") else { return nil }
        index = skipSpace(bytes, index + 1, end)
        guard let value = value(bytes, index, end) else { return nil }
        let name = String(decoding: nameRange.map { bytes.byte(at: $0) }, as: UTF8.self)
        return DotEnvEntry(name: name, line: number, lineRange: range.lowerBound..<end, valueRange: value)
    }

    private static func value(_ bytes: RawSpan, _ start: Int, _ end: Int) -> Range<Int>? {
        guard start < end else { return start..<start }
        let quote = bytes.byte(at: start)
        guard quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else {
            var stop = start
            while stop < end {
                if bytes.byte(at: stop) == UInt8(ascii: "#"), stop == start || Self.isSpace(bytes.byte(at: stop - 1)) { break }
                stop += 1
            }
            while stop > start, Self.isSpace(bytes.byte(at: stop - 1)) { stop -= 1 }
            return start..<stop
        }
        var stop = start + 1
        while stop < end, bytes.byte(at: stop) != quote {
            if quote == UInt8(ascii: "\""), [UInt8(ascii: "\\"), UInt8(ascii: "$")].contains(bytes.byte(at: stop)) { return nil }
            stop += 1
        }
        guard stop < end else { return nil }
        let rest = skipSpace(bytes, stop + 1, end)
        guard rest == end || bytes.byte(at: rest) == UInt8(ascii: "#") else { return nil }
        return (start + 1)..<stop
    }

    private static func skipSpace(_ bytes: RawSpan, _ start: Int, _ end: Int) -> Int {
        var index = start
        while index < end, Self.isSpace(bytes.byte(at: index)) { index += 1 }
        return index
    }

    private static func skipWord(_ bytes: RawSpan, _ word: StaticString, _ start: Int, _ end: Int) -> Int? {
        let text = Array("\(word)".utf8)
        guard end - start > text.count, Self.isSpace(bytes.byte(at: start + text.count)) else { return nil }
        for (offset, byte) in text.enumerated() where bytes.byte(at: start + offset) != byte { return nil }
        return skipSpace(bytes, start + text.count, end)
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    private static func isNameByte(_ byte: UInt8, first: Bool) -> Bool {
        (65...90).contains(byte) || (97...122).contains(byte) || byte == 95 || (!first && (48...57).contains(byte))
    }
}
