/// Reads the header lines of one answer, as libcurl passes them on, and refuses what libcurl would let through: two lengths, a length
/// beside a transfer coding, folded lines, bare line feeds, names that are no tokens (RFC 9112, sections 2.2, 5.2 and 6.3).
struct ResponseHeadParser {
    private enum State { case statusLine, fields(status: Int), done }

    private static let largestHead = 65_536  // bytes, interim answers included
    private static let mostHeaders = 256

    private var state = State.statusLine
    private var headers: [(String, String)] = []
    private var size = 0

    /// Takes one line with its line ending.
    /// - Returns: the head, after the empty line of the final answer; `nil` otherwise. Lines after it are trailers and dropped.
    /// - Throws: `.protocolError`.
    mutating func consume(_ line: [UInt8]) throws(HTTPTransportError) -> HTTPResponseHead? {
        if case .done = state { return nil }
        size += line.count
        guard size <= Self.largestHead else { throw .protocolError(reason: "header section too large") }
        guard line.suffix(2) == [13, 10] else { throw .protocolError(reason: "header line without CRLF") }
        let text = line.dropLast(2)
        guard text.allSatisfy({ $0 >= 32 && $0 != 127 || $0 == 9 }) else { throw .protocolError(reason: "control byte in a header line") }
        switch state {
        case .statusLine:
            state = .fields(status: try Self.status(text))
            return nil
        case .fields(let status) where text.isEmpty:
            return try endHead(status)
        case .fields:
            try addField(text)
            return nil
        case .done:
            return nil
        }
    }

    private mutating func endHead(_ status: Int) throws(HTTPTransportError) -> HTTPResponseHead? {
        if (100...199).contains(status) {
            guard status != 101 else { throw .protocolError(reason: "protocol switch nobody asked for") }
            headers = []
            state = .statusLine
            return nil
        }
        try checkFraming()
        state = .done
        return HTTPResponseHead(status: status, headers: headers)
    }

    private static func status(_ line: ArraySlice<UInt8>) throws(HTTPTransportError) -> Int {
        let parts = line.split(separator: 32, maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count >= 2, parts[0].starts(with: "HTTP/1.".utf8), parts[1].count == 3,
            parts[1].allSatisfy({ (48...57).contains($0) }), let status = Int(String(decoding: parts[1], as: UTF8.self)), status >= 100
        else {
            throw .protocolError(reason: "no status line")
        }
        return status
    }

    private mutating func addField(_ line: ArraySlice<UInt8>) throws(HTTPTransportError) {
        guard headers.count < Self.mostHeaders else { throw .protocolError(reason: "too many headers") }
        guard let colon = line.firstIndex(of: 58), colon > line.startIndex, line[..<colon].allSatisfy(HTTPCharacters.isToken) else {
            throw .protocolError(reason: "malformed header line")
        }
        var value = line[line.index(after: colon)...]
        while let first = value.first, first == 32 || first == 9 { value = value.dropFirst() }
        while let last = value.last, last == 32 || last == 9 { value = value.dropLast() }
        headers.append((String(decoding: line[..<colon], as: UTF8.self), String(decoding: value, as: UTF8.self)))
    }

    private func checkFraming() throws(HTTPTransportError) {
        let lengths = headers.filter { $0.0.lowercased() == "content-length" }
        let codings = headers.filter { $0.0.lowercased() == "transfer-encoding" }
        guard lengths.count + codings.count <= 1 else { throw .protocolError(reason: "two framings") }
        if let length = lengths.first?.1 {
            // 15 digits stay below 2^53 and every overflow.
            guard (1...15).contains(length.utf8.count), length.utf8.allSatisfy({ (48...57).contains($0) }) else {
                throw .protocolError(reason: "malformed Content-Length")
            }
        }
        if let coding = codings.first?.1 {
            guard coding.lowercased() == "chunked" else { throw .protocolError(reason: "unknown transfer coding") }
        }
    }
}
