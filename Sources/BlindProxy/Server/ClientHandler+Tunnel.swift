import HTTPWire
import NIOCore
import Sessions

/// A WebSocket after its handshake: bytes both ways, each side's reads held while the other does not take them.
extension ClientHandler {
    /// Whether the client sent bytes before it knew that it may: they would be frames or a request, depending on the answer.
    var hasEarlyBytes: Bool { inbox.count > 0 }

    /// Begins the tunnel with the upstream's 101.
    /// - Throws: `upstream_protocol` for one that was not asked for, or does not agree to what was; nothing was written then.
    func beginTunnel(_ answer: ResponseHead, _ bytes: Span<UInt8>) throws(ProxyError) {
        guard let call, let offer = call.offer, offer.isAccepted(by: answer, bytes) else { throw .upstreamProtocol }
        call.status = answer.status
        call.answerFraming = .none
        try write(
            AnswerHead(
                head: answer, framing: .none, requestID: call.requestID, receipt: call.grant.key.receipt, alias: call.route.alias,
                location: nil, timing: call.times.timing, closes: false, isUpgrade: true), of: bytes)
        machine.delimitAnswerByClose()
        machine.beginAnswer()
        call.tunnel = Tunnel(now: loop.servedMilliseconds())
        input = .tunnel
        deadline = .tunnel
        context?.channel.setHalfClosure(true)
    }

    /// Sends the client's bytes on as they are.
    func forwardFrames(_ buffer: ByteBuffer) {
        guard let call, let upstream else { return }
        call.bytesUp += UInt64(buffer.readableBytes)
        call.tunnel?.hasMoved = true
        upstream.write(buffer)
    }

    /// Passes the upstream's frames on, echoes in their payloads overwritten. What could be the beginning of an echo waits until its
    /// frame ends, not longer.
    func passFrames(_ buffer: ByteBuffer, from start: Int) {
        guard let call, var frames = call.tunnel?.frames else { return }
        call.tunnel?.hasMoved = true
        var at = start
        do throws(ProxyError) {
            reading: while true {
                switch try frames.step(buffer.readableBytesUInt8Span, at: &at) {
                case .header(let range): emit(buffer.readableBytesUInt8Span.extracting(range.bounds), call)
                case .payload(let range, let endsFrame):
                    let heldFrom = passOn(buffer.readableBytesUInt8Span.extracting(range.bounds), isLast: endsFrame)
                    if let heldFrom { buffer.wipeReadableBytes(from: range.lowerBound + heldFrom, to: range.upperBound) }
                case .needsMore: break reading
                }
            }
        } catch {
            failCall(error)
            return
        }
        call.tunnel?.frames = frames
    }

    /// The upstream sends no more, but may still read.
    func upstreamSentAll() {
        guard let call, call.tunnel != nil else { return }
        call.tunnel?.endUpstream()
        _ = passOn(Span(), isLast: true)
        flushAnswer()
        context?.channel.closeOutputWhenWritten()
    }

    /// The upstream connection is gone: what it sent still reaches the client.
    func tunnelLostUpstream() {
        _ = passOn(Span(), isLast: true)
        flushAnswer()
        context?.channel.setHalfClosure(false)
        perform(machine.completeAnswer(upstreamIsReusable: false))
    }

    /// Ends a tunnel that is silent, or a side of which takes nothing.
    func tickTunnel(milliseconds: UInt64) {
        let isStalled = !isWritable || upstream?.isWritable == false
        let isOverdue = call?.tunnel?.isOverdue(now: milliseconds, isStalled: isStalled, limits: loop.limits) ?? true
        if isOverdue { failCall(.tunnelIdle) }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event as? ChannelEvent == .inputClosed, let call, call.tunnel != nil {
            call.tunnel?.endClient()
            upstream?.endOutput()
        }
        context.fireUserInboundEventTriggered(event)
    }
}

extension Channel {
    /// Whether the end of the peer's bytes is an event and not the end of the connection.
    func setHalfClosure(_ value: Bool) {
        try? syncOptions?.setOption(.allowRemoteHalfClosure, value: value)
    }

    /// Ends our half once the kernel has taken what was written; NIO fails writes that still wait where both halves end.
    func closeOutputWhenWritten() {
        let written = eventLoop.makePromise(of: Void.self)
        written.futureResult.assumeIsolated().whenComplete { _ in self.close(mode: .output, promise: nil) }
        writeAndFlush(ByteBuffer(), promise: written)
    }
}
