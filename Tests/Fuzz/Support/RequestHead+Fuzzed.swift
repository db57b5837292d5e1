import HTTPWire

extension RequestHead: FuzzedHead {
    mutating func read(_ bytes: Span<UInt8>, _ input: FuzzInput) throws(HTTPWireError) {
        try parse(bytes, limits: input.limits)
    }

    mutating func soil() {
        let fields = ["Host: b:1", "Connection: close, upgrade, x", "Connection: keep-alive, y", "Upgrade: a", "Upgrade: b"]
        let lines = ["POST /other?query HTTP/1.0"] + fields + ["Expect: 100-continue", "Content-Length: 5", "\r\n"]
        do throws(HTTPWireError) {
            try parse(Array(lines.joined(separator: "\r\n").utf8).span)
        } catch {
            check(false, "the other request is acceptable")
        }
    }

    func facts(_ bytes: Span<UInt8>) -> HeadFacts {
        HeadFacts(
            ranges: [methodName, target.path, target.whole] + (target.query.map { [$0] } ?? []) + (host.map { [$0.name] } ?? []),
            number: host?.port, version: version, connection: connection, framing: framing, declaredFraming: framing,
            flags: [keepAlive, expectsContinue, isWebSocketUpgrade(bytes), method == .other, target.query == nil, host == nil],
            fields: headers.fields, present: headers.present, repeated: headers.repeated, length: length)
    }

    func writeStartLine(_ bytes: Span<UInt8>, to writer: inout ByteWriter) {
        writer.append(bytes, methodName)
        writer.append(" ")
        writer.append(bytes, target.whole)
        writer.append(version == .http10 ? " HTTP/1.0\r\n" : " HTTP/1.1\r\n")
    }

    func checkStartLine(_ bytes: [UInt8], _ input: FuzzInput) {
        let path = bytes[target.path.bounds]
        let line = Array(bytes[methodName.bounds]) + [32] + Array(bytes[target.whole.bounds]) + [32]
        check(bytes.starts(with: line), "a request line is method, space, target, space, version")
        check(PlainBytes.isToken(bytes[methodName.bounds]) && methodName.count <= 32, "a method is a short token")
        check(path.first == 0x2f && !path.contains(0x3f), "a path begins with a slash and ends before the query")
        if let query = target.query {
            let end = target.path.upperBound
            check(query.lowerBound == end + 1 && bytes[end] == 0x3f, "a query follows its question mark")
            QueryChecks.run(bytes, query)
        }
        check(target.whole.count <= input.limits.targetBytes, "a target keeps to its limit")
        check(framing != .untilClose, "a request never lasts until the connection closes")
        let hosts = headers.fields.filter { PlainBytes.lowercased(bytes[$0.name.bounds]) == "host" }
        check(hosts.count == (host == nil ? 0 : 1) && (host != nil || version == .http10), "a request has one host")
        check(!expectsContinue || (framing != .none && framing != .contentLength(0)), "who waits for 100 has a body to send")
        check(!isWebSocketUpgrade(bytes.span) || (method == .get && framing == .none), "a WebSocket is a GET without body")
        PathChecks.run(bytes, target.path)
    }

    static func referenceLength(_ input: FuzzInput, from start: Int) -> Int? {
        PlainHead(input.bytes, from: start, input.limits).flatMap { $0.isRequest(input.limits) ? $0.length : nil }
    }
}
