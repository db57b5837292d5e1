import HTTPWire

/// Writes the head that goes to the client: the upstream's, less what must not pass, plus the receipt.
struct AnswerHead {
    /// The upstream's head, parsed from the bytes handed to `write`.
    let head: ResponseHead
    /// How the body is delimited towards the client.
    let framing: BodyFraming
    let requestID: RequestID
    /// `alias@version`.
    let receipt: [UInt8]
    /// `/alias`, put before a rewritten `Location`.
    let alias: [UInt8]
    /// What becomes of each `Location`; `nil` where there is none.
    let location: LocationRewriter.Outcome?
    let timing: ServerTiming
    /// The client's connection ends with this answer.
    let closes: Bool
    /// A page of this origin may read the answer.
    var origin: [UInt8]?
    /// It is a 101: the connection is a WebSocket from here on.
    var isUpgrade = false

    private static let dropped: HeaderNameSet = [
        .hopByHop, .upstreamOnly, HeaderNameSet(.contentLength), HeaderNameSet(.location),
    ]

    /// Bytes the head needs at most: a field that came without a space after its colon goes on with one.
    var capacity: Int {
        let forPages = origin.map { CrossOrigin.capacity($0.count) } ?? 0
        return head.length + head.headers.fields.count + alias.count + receipt.count + ServerTiming.maximumBytes + 256 + forPages
    }

    /// Writes the whole head, its empty line included.
    func write(_ bytes: Span<UInt8>, to writer: inout ByteWriter) {
        writer.appendStatusLine(head.status, reason: bytes, head.reason)
        for field in head.headers.fields where !field.isNominated {
            if field.kind == .location {
                write(location: field, bytes, &writer)
            } else if !Self.dropped.contains(field.kind) {
                writer.append(field, of: bytes)
            }
        }
        writer.append(framing)
        let id = requestID.text
        writer.appendField("tacit-request-id", id.span)
        writer.appendField("tacit-key", receipt.span)
        timing.write(to: &writer)
        if let origin { CrossOrigin.write(origin: origin.span, to: &writer) }
        if isUpgrade { writer.append("Connection: Upgrade\r\nUpgrade: websocket\r\n") }
        writer.append(closes ? "Connection: close\r\n\r\n" : "\r\n")
    }

    private func write(location field: HeaderField, _ bytes: Span<UInt8>, _ writer: inout ByteWriter) {
        switch location {
        case .unchanged: writer.append(field, of: bytes)
        case .rewritten(let suffix):
            writer.append("Location: /")
            writer.append(alias.span)
            writer.append(bytes, suffix)
            writer.append("\r\n")
        case .refused, nil: break
        }
    }
}
