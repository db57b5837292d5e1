import HTTPWire
import NIOCore
import Sessions

extension ClientHandler {
    /// Overwrites echoes of the key in a head that is there as a whole, its first `length` bytes.
    func redact(_ inbox: WipingBuffer, upTo length: Int) {
        inbox.withMutableBytes(upTo: length) { head in redact(&head) }
    }

    /// The same where the head stands in a receive buffer, for every holder of its storage.
    func redact(_ buffer: ByteBuffer, upTo length: Int) {
        buffer.withMutableReadableBytes(upTo: length) { head in redact(&head) }
    }

    private func redact(_ head: inout MutableRawSpan) {
        call?.scanner?.redact(&head)
    }

    /// Begins the answer with the upstream's head.
    /// - Throws: `redirect_refused`, or `upstream_protocol` for a head that does not fit; nothing was written then.
    func beginAnswer(_ answer: ResponseHead, _ bytes: Span<UInt8>) throws(ProxyError) {
        guard let call else { return }
        let location = answer.headers.first(.location).map { decide($0.value, bytes, call) }
        let isRedirect = (300..<400).contains(answer.status)
        guard !isRedirect || location != .refused, !answer.headers.repeated.contains(.location) else { throw .redirectRefused }
        call.status = answer.status
        call.answerFraming = call.clientFraming(of: answer)
        // A client still waiting for its 100 may send its body or not: nothing may follow on its connection.
        let endsWithClose = call.answerFraming == .untilClose || call.continueDue != nil
        let writer = AnswerHead(
            head: answer, framing: call.answerFraming, requestID: call.requestID, receipt: call.grant.key.receipt, alias: call.route.alias,
            location: location, timing: call.times.timing, closes: endsWithClose || !head.keepAlive || loop.isDraining,
            origin: call.origin)
        try write(writer, of: bytes)
        if endsWithClose || loop.isDraining { machine.delimitAnswerByClose() }
        machine.beginAnswer()
    }

    /// Writes a head as a whole or not at all: half of one would let the body speak for the rest of it.
    func write(_ head: AnswerHead, of bytes: Span<UInt8>) throws(ProxyError) {
        var isWhole = false
        unsafe outgoing.writeWithUnsafeMutableBytes(minimumWritableBytes: head.capacity) { memory in
            var writer = unsafe ByteWriter(memory)
            head.write(bytes, to: &writer)
            isWhole = !writer.isOverflowed
            return isWhole ? writer.count : 0
        }
        guard isWhole else { throw .upstreamProtocol }
    }

    /// What becomes of a `Location`. Beside `/alias` alone, a relative path would name another alias, and with it another key.
    private func decide(_ value: ByteRange, _ bytes: Span<UInt8>, _ call: Call) -> LocationRewriter.Outcome {
        let outcome = call.route.location.decide(value, in: bytes)
        guard outcome == .unchanged, call.path.rest.isEmpty else { return outcome }
        let first = bytes[value.lowerBound]
        return first == UInt8(ascii: "?") || first == UInt8(ascii: "#") ? .unchanged : .refused
    }

    /// Passes body bytes on, echoes overwritten.
    /// - Returns: from where on the source should be wiped, where something was held or overwritten.
    func passOn(_ payload: Span<UInt8>, isLast: Bool) -> Int? {
        guard let call else { return nil }
        guard let scanner = call.scanner else {
            emit(payload, call)
            return nil
        }
        if payload.isEmpty && scanner.heldCount == 0 { return nil }
        return scanner.scan(payload, isLast: isLast) { bytes in emit(bytes, call) }
    }

    /// Passes bytes on in the answer's framing.
    func emit(_ bytes: Span<UInt8>, _ call: Call) {
        call.bytesDown += UInt64(bytes.count)
        guard call.answerFraming == .chunked else {
            outgoing.write(bytes)
            return
        }
        outgoing.writeChunk(bytes)
    }

    /// The upstream's answer is complete.
    func completeAnswer(upstreamIsReusable: Bool) {
        guard let call else { return }
        _ = passOn(Span(), isLast: true)
        if call.answerFraming == .chunked, call.method != .head, call.status != 304 { outgoing.writeStaticString(ChunkedEncoder.lastChunk) }
        // Where the connection goes on, other answers of this turn may go out with it.
        if machine.keepsClientAfterAnswer, isWritable { loop.turn.add(self, call) } else { flushAnswer() }
        perform(machine.completeAnswer(upstreamIsReusable: upstreamIsReusable))
    }

    /// Sends what is collected at the end of a turn, where nothing else has sent it before.
    /// - Parameter call: whose answer it ends.
    func flushAnswer(of call: Call) {
        flushAnswer()
        loop.noteAnswerSent(call)
    }

    /// Sends what is collected.
    func flushAnswer() {
        guard outgoing.readableBytes > 0, let context else { return }
        // Taken out: NIO may call back while it writes, and what is sent must not be there any more.
        var bytes = ByteBuffer()
        swap(&bytes, &outgoing)
        socket?.write(&bytes)
        if bytes.readableBytes > 0 { context.writeAndFlush(wrapOutboundOut(bytes), promise: socket?.queue()) }
        if let call, machine.answerHasBegun { loop.noteAnswerSent(call) }
        // Mostly the kernel took it and the storage is ours again.
        if bytes.capacity <= 4_096, outgoing.capacity == 0 {
            bytes.clear()
            outgoing = bytes
        }
        guard !isWritable, machine.isBusy else { return }
        upstream?.setHoldsReads(true)
        wait(.client, seconds: loop.limits.sendSeconds)
    }
}
