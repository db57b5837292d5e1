import HTTPWire
import NIOCore

extension ClientHandler {
    /// Passes body bytes on, in the framing the head announced.
    func forwardBody(_ buffer: ByteBuffer) {
        guard let call, let upstream else { return }
        var at = 0
        var chunks = ByteBuffer()
        do throws(HTTPWireError) {
            reading: while true {
                switch try requestBody.step(buffer.readableBytesUInt8Span, at: &at) {
                case .payload(let range):
                    call.bytesUp += UInt64(range.count)
                    call.continueDue = nil
                    forward(buffer, range, to: upstream, &chunks)
                case .needsMore, .end: break reading
                }
            }
        } catch {
            buffer.wipeReadableBytes()
            failRequest(ProxyError(request: error))
            return
        }
        if requestBody.isComplete && head.framing == .chunked { chunks.writeStaticString(ChunkedEncoder.lastChunk) }
        if chunks.readableBytes > 0 { upstream.write(chunks) }
        guard requestBody.isComplete else {
            waitForBody(upstream)
            return
        }
        completeRequest(call)
        guard at < buffer.readableBytes else { return }
        // The beginning of the next request, with its token.
        unsafe buffer.withUnsafeReadableBytes { unsafe inbox.append(UnsafeRawBufferPointer(rebasing: $0[at...])) }
        buffer.wipeReadableBytes(from: at, to: buffer.readableBytes)
    }

    /// Everything of the request is on its way.
    func completeRequest(_ call: Call) {
        machine.completeRequest()
        input = .blocked
        extendUpstreamDeadline(call)
    }

    /// Tells a client that waits to send its body, once.
    func passContinue() {
        guard let call, call.continueDue != nil else { return }
        call.continueDue = nil
        outgoing.writeStaticString("HTTP/1.1 100 Continue\r\n\r\n")
        flushAnswer()
    }

    /// Waits for whoever is slow: the client with its body, or an upstream that takes no more of it.
    func waitForBody(_ upstream: UpstreamHandler) {
        if upstream.isWritable {
            wait(.requestBody, seconds: loop.limits.bodySeconds)
        } else {
            wait(.upstream, seconds: loop.limits.upstreamSeconds)
        }
    }

    /// A body with a length goes on without a copy; chunks are framed anew, which needs one.
    private func forward(_ buffer: ByteBuffer, _ range: ByteRange, to upstream: UpstreamHandler, _ chunks: inout ByteBuffer) {
        guard head.framing != .chunked else {
            chunks.writeChunk(buffer.readableBytesUInt8Span.extracting(range.bounds))
            return
        }
        guard let slice = buffer.getSlice(at: buffer.readerIndex + range.lowerBound, length: range.count) else { return }
        upstream.write(slice)
    }
}
