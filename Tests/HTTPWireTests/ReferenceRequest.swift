import HTTPWire

/// A second reading of request heads, slow and written from the grammars alone, to compare the parser with.
///
/// It answers whether a head is acceptable and what its fields are; it does not say why not.
struct ReferenceRequest {
    let method: String
    let target: String
    let fields: [(name: String, value: String)]
    let framing: BodyFraming

    /// - Parameter bytes: one head, at most 64 KiB, ended by the first empty line.
    init?(_ bytes: [UInt8]) {
        // One scalar a byte, so that a pattern sees bytes.
        var text = String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
        guard text.unicodeScalars.suffix(4).elementsEqual("\r\n\r\n".unicodeScalars) else { return nil }
        text.unicodeScalars.removeLast(4)
        var lines: [String] = [""]
        var rest = text.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            if scalar == "\r", rest.first == "\n" {
                rest.removeFirst()
                lines.append("")
            } else {
                lines[lines.count - 1].unicodeScalars.append(scalar)
            }
        }
        let parts = lines[0].split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 3, ["HTTP/1.0", "HTTP/1.1"].contains(parts[2]) else { return nil }
        let version = parts[2].suffix(1)
        method = String(parts[0])
        target = String(parts[1])
        let token = /[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,32}/.matchingSemantics(.unicodeScalar)
        let path = /\/(?:[\-A-Za-z0-9._~!$&'()*+,;=:@\/]|%[0-9A-Fa-f]{2})*/.matchingSemantics(.unicodeScalar)
        let query = /(?:[\-A-Za-z0-9._~!$&'()*+,;=:@\/?\[\]]|%[0-9A-Fa-f]{2})*/.matchingSemantics(.unicodeScalar)
        let halves = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        guard method.wholeMatch(of: token) != nil, halves[0].wholeMatch(of: path) != nil else { return nil }
        if halves.count == 2, halves[1].wholeMatch(of: query) == nil { return nil }
        guard method != "CONNECT", lines.count <= 129, target.unicodeScalars.count <= 16_384 else { return nil }
        let field = /([!#$%&'*+\-.^_`|~0-9A-Za-z]{1,256}):([\t\x20-\x7e\u{80}-\u{ff}]*)/
        var fields: [(name: String, value: String)] = []
        for line in lines.dropFirst() {
            guard let match = line.wholeMatch(of: field.matchingSemantics(.unicodeScalar)) else { return nil }
            fields.append((String(match.1), String(match.2)))
        }
        guard let framing = Self.framing(fields, version: version), Self.isAddressed(fields, version: version) else { return nil }
        self.framing = framing
        self.fields = fields.map { ($0.name, Self.trimmed($0.value)) }
    }

    private static func values(_ name: String, _ fields: [(name: String, value: String)]) -> [String] {
        fields.filter { $0.name.lowercased() == name }.map(\.value)
    }

    private static func trimmed(_ value: String) -> String {
        var scalars = value.unicodeScalars[...]
        while let first = scalars.first, first == " " || first == "\t" { scalars.removeFirst() }
        while let last = scalars.last, last == " " || last == "\t" { scalars.removeLast() }
        return String(scalars)
    }

    private static func framing(_ fields: [(name: String, value: String)], version: Substring) -> BodyFraming? {
        let lengths = values("content-length", fields)
        let codings = values("transfer-encoding", fields)
        let disguised = fields.contains {
            $0.name.contains("_") && ["content-length", "transfer-encoding"].contains($0.name.lowercased().replacing("_", with: "-"))
        }
        guard !disguised, lengths.count + codings.count <= 1 else { return nil }
        if let length = lengths.first {
            guard length.wholeMatch(of: #/[ ]*[0-9]{1,19}[ ]*/#) != nil, let number = Int64(trimmed(length)) else { return nil }
            return .contentLength(UInt64(number))
        }
        if let coding = codings.first {
            return version == "1" && coding.wholeMatch(of: #/[ ]*chunked[ ]*/#.ignoresCase()) != nil ? .chunked : nil
        }
        return BodyFraming.none
    }

    /// Host, Connection and Expect.
    private static func isAddressed(_ fields: [(name: String, value: String)], version: Substring) -> Bool {
        let hosts = values("host", fields).map(trimmed)
        guard hosts.count == 1 || hosts.isEmpty && version == "0" else { return false }
        for host in hosts {
            guard let match = host.wholeMatch(of: /(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._\-]+)(?::([0-9]{1,5}))?/) else { return false }
            if let port = match.1, UInt16(port) == nil { return false }
        }
        let needed: Set<String> = ["host", "content-length", "transfer-encoding", "content-encoding", "content-type"]
        var options = 0
        for value in values("connection", fields) {
            for member in value.split(separator: ",").map({ trimmed(String($0)) }) where !member.isEmpty {
                options += 1
                guard options <= 32, !needed.contains(member.lowercased()) else { return false }
                guard member.wholeMatch(of: /[!#$%&'*+\-.^_`|~0-9A-Za-z]+/.matchingSemantics(.unicodeScalar)) != nil else { return false }
            }
        }
        let expectations = values("expect", fields).map { trimmed($0).lowercased() }
        return expectations.isEmpty || expectations == ["100-continue"]
    }
}
