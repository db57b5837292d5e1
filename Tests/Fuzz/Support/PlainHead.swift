import HTTPWire

/// A second reading of heads, slow and written from the specifications alone, to compare the parser with.
///
/// It answers whether a head is acceptable, not why not. This file reads lines, fields and framing.
struct PlainHead {
    /// The first line.
    let startLine: [UInt8]
    /// Names in lower case, values without white space around them.
    let fields: [(name: String, value: [UInt8])]
    /// What the framing fields announce.
    let declaredFraming: BodyFraming
    /// Bytes of the head, its empty line included.
    let length: Int

    /// Fields that a message cannot be read without.
    static let neededNames: Set<String> = ["host", "content-length", "transfer-encoding", "content-encoding", "content-type"]

    /// - Returns: nil when no acceptable head stands at `start`.
    init?(_ bytes: [UInt8], from start: Int, _ limits: HeadLimits) {
        guard let lines = Self.lines(bytes[start...].prefix(limits.headBytes)) else { return nil }
        guard let first = lines.first, !first.isEmpty, lines.count - 1 <= limits.headers else { return nil }
        startLine = first
        length = lines.map { $0.count + 2 }.reduce(2, +)
        var fields: [(name: String, value: [UInt8])] = []
        var tabbed: Set<String> = []
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: 0x3a), colon <= 256, PlainBytes.isToken(line[..<colon]) else { return nil }
            let name = PlainBytes.lowercased(line[..<colon])
            let value = line[(colon + 1)...]
            fields.append((name, PlainBytes.trimmed(value)))
            let around = value.prefix(while: PlainBytes.isSpace) + value.reversed().prefix(while: PlainBytes.isSpace)
            if around.contains(9) { tabbed.insert(name) }
        }
        self.fields = fields
        guard let declared = Self.framing(fields, tabbed, isHTTP10: Self.isHTTP10(first)), Self.connects(fields) else { return nil }
        declaredFraming = declared
    }

    /// The values of every field of this name.
    func values(_ name: String) -> [[UInt8]] { fields.filter { $0.name == name }.map(\.value) }

    /// The lines before the first empty one, each ended by CR LF and free of control bytes.
    private static func lines(_ bytes: ArraySlice<UInt8>) -> [[UInt8]]? {
        var lines: [[UInt8]] = []
        var rest = bytes
        while let end = rest.firstIndex(of: 10) {
            let line = rest[..<end]
            guard line.last == 13 else { return nil }
            if line.count == 1 { return lines }
            guard line.dropLast().allSatisfy(PlainBytes.isText) else { return nil }
            lines.append(Array(line.dropLast()))
            rest = rest[(end + 1)...]
        }
        return nil
    }

    private static func isHTTP10(_ startLine: [UInt8]) -> Bool {
        let version = Array("HTTP/1.0".utf8)
        return startLine.starts(with: version + [0x20]) || startLine.reversed().starts(with: version.reversed() + [0x20])
    }

    /// RFC 9112 section 6.3, refusing what it lets a recipient mend.
    private static func framing(_ fields: [(name: String, value: [UInt8])], _ tabbed: Set<String>, isHTTP10: Bool) -> BodyFraming? {
        let framingNames: Set<String> = ["content-length", "transfer-encoding"]
        let disguised = fields.contains { field in
            field.name.contains("_") && framingNames.contains(String(field.name.map { $0 == "_" ? "-" : $0 }))
        }
        let lengths = fields.filter { $0.name == "content-length" }.map(\.value)
        let codings = fields.filter { $0.name == "transfer-encoding" }.map(\.value)
        guard !disguised, lengths.count + codings.count <= 1, tabbed.isDisjoint(with: framingNames) else { return nil }
        if let length = lengths.first {
            let text = PlainBytes.lowercased(length[...])
            guard length.allSatisfy(PlainBytes.isDigit), length.count <= 19, let number = Int64(text) else { return nil }
            return .contentLength(UInt64(number))
        }
        if let coding = codings.first {
            return !isHTTP10 && PlainBytes.lowercased(coding[...]) == "chunked" ? .chunked : nil
        }
        return BodyFraming.none
    }

    private static func connects(_ fields: [(name: String, value: [UInt8])]) -> Bool {
        let options = fields.filter { $0.name == "connection" }.flatMap { PlainBytes.members($0.value[...]) }
        return options.count <= 32
            && options.allSatisfy { PlainBytes.isToken($0[...]) && !neededNames.contains(PlainBytes.lowercased($0[...])) }
    }
}
