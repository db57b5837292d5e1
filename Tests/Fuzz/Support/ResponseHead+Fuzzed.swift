import HTTPWire

extension ResponseHead: FuzzedHead {
    mutating func read(_ bytes: Span<UInt8>, _ input: FuzzInput) throws(HTTPWireError) {
        try parse(bytes, to: input.method, limits: input.limits)
    }

    mutating func soil() {
        let fields = ["Connection: close, upgrade, x", "Connection: keep-alive, y", "Upgrade: a", "Upgrade: b", "Content-Length: 5"]
        let lines = ["HTTP/1.0 299 Other"] + fields + ["\r\n"]
        do throws(HTTPWireError) {
            try parse(Array(lines.joined(separator: "\r\n").utf8).span, to: .get)
        } catch {
            check(false, "the other response is acceptable")
        }
    }

    func facts(_ bytes: Span<UInt8>) -> HeadFacts {
        HeadFacts(
            ranges: [reason], number: status, version: version, connection: connection, framing: framing,
            declaredFraming: declaredFraming, flags: [keepAlive, isInterim, isSwitchingProtocols],
            fields: headers.fields, present: headers.present, repeated: headers.repeated, length: length)
    }

    func writeStartLine(_ bytes: Span<UInt8>, to writer: inout ByteWriter) {
        if version == .http11 {
            writer.appendStatusLine(status, reason: bytes, reason)
            return
        }
        writer.append("HTTP/1.0 ")
        writer.append(decimal: UInt64(status))
        writer.append(" ")
        writer.append(bytes, reason)
        writer.append("\r\n")
    }

    func checkStartLine(_ bytes: [UInt8], _ input: FuzzInput) {
        let line = Array((version == .http11 ? "HTTP/1.1 \(status) " : "HTTP/1.0 \(status) ").utf8) + Array(bytes[reason.bounds])
        check((100..<600).contains(status), "a status has three digits and a class")
        check(bytes.starts(with: line + [13, 10]), "a status line is version, space, status, space, reason")
        let hasNoBody = status < 200 || status == 204 || status == 304 || input.method == .head
        let expected = hasNoBody ? BodyFraming.none : declaredFraming == .none ? .untilClose : declaredFraming
        check(framing == expected, "a body ends as RFC 9112 section 6.3 says")
        let announces = declaredFraming != .none && declaredFraming != .contentLength(0)
        check(status >= 200 || !announces, "no body is announced before the final answer")
        check(framing != .untilClose || !keepAlive, "a body until the connection closes leaves no connection")
        check(status != 204 || !announces || !keepAlive, "a connection is not used again after a 204 that announces a body")
        check(!keepAlive || (version == .http11 && !connection.close && status != 101), "a connection that ends is not used again")
    }

    static func referenceLength(_ input: FuzzInput, from start: Int) -> Int? {
        PlainHead(input.bytes, from: start, input.limits).flatMap { $0.isResponse ? $0.length : nil }
    }
}
