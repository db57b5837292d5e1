import HTTPWire
import NIOCore
import SecretMemory

extension UpstreamHandler {
    /// Takes bytes of the upstream: heads into memory of our own, bodies straight to the client's side.
    func receive(_ buffer: ByteBuffer) {
        guard let client else {
            // Nothing was asked: whatever this is, it is not an answer.
            close()
            return
        }
        client.noteUpstreamActivity()
        guard body == nil else {
            receiveBody(buffer, client)
            return
        }
        unsafe buffer.withUnsafeReadableBytes { unsafe inbox.append($0) }
        buffer.wipeReadableBytes()
        do throws(HTTPWireError) {
            try readHeads(client)
        } catch {
            client.failCall(.upstreamProtocol)
        }
    }

    /// Passes interim answers over until the final head is complete.
    private func readHeads(_ client: ClientHandler) throws(HTTPWireError) {
        while body == nil {
            var length = 0
            try inbox.withBytes { (bytes) throws(HTTPWireError) in
                if case .complete(let found) = try scanner.scan(bytes) { length = found }
            }
            guard length > 0 else { return }
            client.redact(inbox)
            var isInterim = false
            try inbox.withBytes { (bytes) throws(HTTPWireError) in
                try loop.answerHead.parse(bytes, to: method, limits: loop.headLimits)
                isInterim = loop.answerHead.isInterim
            }
            guard !isInterim else {
                inbox.removeFirst(length)
                scanner.reset()
                continue
            }
            try begin(client, headLength: length)
        }
    }

    private func begin(_ client: ClientHandler, headLength: Int) throws(HTTPWireError) {
        guard !loop.answerHead.isSwitchingProtocols else { throw .badStatusCode }
        isReusable = loop.answerHead.keepAlive
        body = BodyDecoder(loop.answerHead.framing)
        do throws(ProxyError) {
            try inbox.withBytes { (bytes) throws(ProxyError) in try client.beginAnswer(loop.answerHead, bytes) }
        } catch {
            client.failCall(error)
            return
        }
        inbox.removeFirst(headLength)
        let rest = inbox.count > 0 ? ByteBuffer.wiping(inbox) : ByteBuffer()
        inbox.removeAll()
        receiveBody(rest, client)
    }

    /// Takes body bytes; an empty buffer ends an answer without a body.
    private func receiveBody(_ buffer: ByteBuffer, _ client: ClientHandler) {
        guard var decoder = body else { return }
        var at = 0
        do throws(HTTPWireError) {
            reading: while true {
                switch try decoder.step(buffer.readableBytesUInt8Span, at: &at) {
                case .payload(let range):
                    let heldFrom = client.passOn(buffer.readableBytesUInt8Span.extracting(range.bounds), isLast: false)
                    if let heldFrom { buffer.wipeReadableBytes(from: range.lowerBound + heldFrom, to: range.upperBound) }
                case .needsMore: break reading
                case .end: break reading
                }
            }
        } catch {
            body = decoder
            client.failCall(.upstreamProtocol)
            return
        }
        body = decoder
        guard decoder.isComplete else { return }
        // Bytes behind an answer belong to no request of ours.
        client.completeAnswer(upstreamIsReusable: isReusable && at == buffer.readableBytes)
    }

    /// Whether the connection's end is the announced end of the answer.
    var endCompletesAnswer: Bool {
        guard let body, !isTruncated else { return false }
        do throws(HTTPWireError) {
            try body.finish()
            return true
        } catch {
            return false
        }
    }
}
