import HTTPWire
import NIOCore
import SecretMemory
import Sessions

extension UpstreamHandler {
    /// Takes bytes of the upstream; heads that come in pieces are collected in memory of our own.
    func receive(_ buffer: ByteBuffer) {
        guard let client else {
            // Nothing was asked: whatever this is, it is not an answer.
            close()
            return
        }
        guard !isTunnel else { return client.passFrames(buffer, from: 0) }
        client.noteUpstreamActivity()
        guard body == nil else {
            receiveBody(buffer, from: 0, client)
            return
        }
        client.call?.times.readAnswerHead(at: SystemClock.monotonicNanoseconds())
        do throws(HTTPWireError) {
            if inbox.count == 0, try readWholeHead(buffer, client) { return }
            unsafe buffer.withUnsafeReadableBytes { unsafe inbox.append($0) }
            buffer.wipeReadableBytes()
            try readHeads(client)
        } catch {
            buffer.wipeReadableBytes()
            client.failCall(.upstreamProtocol)
        }
    }

    /// Begins an answer whose final head is in one piece of the connection, as nearly all are, without copying it.
    /// - Returns: `false` where the head has no end yet or is an interim one; the bytes are then still to be kept.
    private func readWholeHead(_ buffer: ByteBuffer, _ client: ClientHandler) throws(HTTPWireError) -> Bool {
        guard case .complete(let length) = try scanner.scan(buffer.readableBytesUInt8Span) else { return false }
        client.redact(buffer, upTo: length)
        try loop.answerHead.parse(buffer.readableBytesUInt8Span, to: method, limits: loop.headLimits)
        guard !loop.answerHead.isInterim else {
            scanner.reset()
            return false
        }
        let goesOn = try begin(client, buffer.readableBytesUInt8Span)
        buffer.wipeReadableBytes(from: 0, to: length)
        guard goesOn else { return true }
        receiveBody(buffer, from: length, client)
        return true
    }

    /// Passes interim answers over until the final head is complete.
    private func readHeads(_ client: ClientHandler) throws(HTTPWireError) {
        while body == nil && !isTunnel {
            var length = 0
            try inbox.withBytes { (bytes) throws(HTTPWireError) in
                if case .complete(let found) = try scanner.scan(bytes) { length = found }
            }
            guard length > 0 else { return }
            client.redact(inbox, upTo: length)
            var isInterim = false
            try inbox.withBytes { (bytes) throws(HTTPWireError) in
                try loop.answerHead.parse(bytes, to: method, limits: loop.headLimits)
                isInterim = loop.answerHead.isInterim
            }
            guard !isInterim else {
                interimHeads += 1
                guard interimHeads <= Self.maximumInterimHeads else { throw .tooManyHeaders }
                if loop.answerHead.status == 100 { client.passContinue() }
                inbox.removeFirst(length)
                scanner.reset()
                continue
            }
            guard try inbox.withBytes({ (bytes) throws(HTTPWireError) in try begin(client, bytes) }) else { return }
            inbox.removeFirst(length)
            let rest = inbox.count > 0 ? ByteBuffer.wiping(inbox) : ByteBuffer()
            inbox.removeAll()
            receiveBody(rest, from: 0, client)
        }
    }

    /// - Returns: whether the answer goes on; else the call has ended with an error.
    private func begin(_ client: ClientHandler, _ bytes: Span<UInt8>) throws(HTTPWireError) -> Bool {
        guard !loop.answerHead.isSwitchingProtocols else { return beginTunnel(client, bytes) }
        isReusable = loop.answerHead.keepAlive
        body = BodyDecoder(loop.answerHead.framing)
        do throws(ProxyError) {
            try client.beginAnswer(loop.answerHead, bytes)
        } catch {
            client.failCall(error)
            return false
        }
        return true
    }

    /// Takes body bytes from `start` on; none end an answer without a body. In a tunnel they are frames.
    private func receiveBody(_ buffer: ByteBuffer, from start: Int, _ client: ClientHandler) {
        guard !isTunnel else { return client.passFrames(buffer, from: start) }
        guard var decoder = body else { return }
        var at = start
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
