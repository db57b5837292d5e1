import HTTPWire

extension PlainHead {
    private static let pathBytes = Set("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-._~!$&'()*+,;=:@/".utf8)
    private static let queryBytes = pathBytes.union("?[]".utf8)
    private static let hostBytes = Set("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-._".utf8)

    /// Whether this is a request we take: RFC 9112 section 3.
    func isRequest(_ limits: HeadLimits) -> Bool {
        let parts = startLine.split(separator: 0x20, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].count <= 32, PlainBytes.isToken(parts[0]), !parts[0].elementsEqual("CONNECT".utf8) else {
            return false
        }
        let isHTTP10 = parts[2].elementsEqual("HTTP/1.0".utf8)
        guard isHTTP10 || parts[2].elementsEqual("HTTP/1.1".utf8), parts[1].count <= limits.targetBytes else { return false }
        let halves = parts[1].split(separator: 0x3f, maxSplits: 1, omittingEmptySubsequences: false)
        guard halves[0].first == 0x2f, Self.isEncoded(halves[0], Self.pathBytes) else { return false }
        guard halves.count == 1 || Self.isEncoded(halves[1], Self.queryBytes) else { return false }
        let hosts = values("host")
        guard hosts.count == 1 || hosts.isEmpty && isHTTP10, hosts.allSatisfy(Self.isHost) else { return false }
        let expectations = values("expect").map { PlainBytes.lowercased($0[...]) }
        return expectations.isEmpty || expectations == ["100-continue"]
    }

    /// Whether this is a response we take: RFC 9112 section 4. Before the final one, none may announce a body.
    var isResponse: Bool {
        guard startLine.count >= 13, ["HTTP/1.0 ", "HTTP/1.1 "].contains(where: { startLine.starts(with: $0.utf8) }) else { return false }
        guard startLine[9..<12].allSatisfy(PlainBytes.isDigit), (0x31...0x35).contains(startLine[9]), startLine[12] == 0x20 else {
            return false
        }
        return startLine[9] != 0x31 || declaredFraming == .none || declaredFraming == .contentLength(0)
    }

    /// Whether all is in `allowed` or a percent-encoding.
    private static func isEncoded(_ bytes: ArraySlice<UInt8>, _ allowed: Set<UInt8>) -> Bool {
        var rest = bytes
        while let byte = rest.popFirst() {
            if allowed.contains(byte) { continue }
            guard byte == 0x25, rest.prefix(2).compactMap(PlainBytes.hexValue).count == 2 else { return false }
            rest = rest.dropFirst(2)
        }
        return true
    }

    /// RFC 9110 section 7.2, without user information, percent-encodings and emptiness.
    private static func isHost(_ value: [UInt8]) -> Bool {
        var name = value[...]
        if value.first == 0x5b {
            guard let end = value.firstIndex(of: 0x5d), end > 1 else { return false }
            guard value[1..<end].allSatisfy({ PlainBytes.hexValue($0) != nil || $0 == 0x3a || $0 == 0x2e }) else { return false }
            name = value[(end + 1)...]
        } else {
            name = value.drop { hostBytes.contains($0) }
            guard name.count < value.count else { return false }
        }
        guard let colon = name.first else { return true }
        let digits = name.dropFirst()
        guard colon == 0x3a, (1...5).contains(digits.count), digits.allSatisfy(PlainBytes.isDigit) else { return false }
        return UInt16(PlainBytes.lowercased(digits)) != nil
    }
}
