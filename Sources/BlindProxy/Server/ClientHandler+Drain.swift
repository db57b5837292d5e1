import HTTPWire
import NIOCore

extension ClientHandler {
    /// Drops body bytes that are in the inbox; at the body's end the next request begins, or the connection ends.
    func drainInbox() {
        let rest = ByteBuffer.wiping(inbox)
        inbox.removeAll()
        drain(rest)
    }

    /// Drops body bytes as they come.
    func drain(_ buffer: ByteBuffer) {
        // What nobody reads may be further requests with their tokens.
        defer { buffer.wipeReadableBytes() }
        guard case .draining(let budget, let thenCloses) = input else { return }
        var at = 0
        do throws(HTTPWireError) {
            reading: while true {
                switch try requestBody.step(buffer.readableBytesUInt8Span, at: &at) {
                case .payload: continue
                case .needsMore, .end: break reading
                }
            }
        } catch {
            close()
            return
        }
        let left = budget - at
        if requestBody.isComplete {
            finishDraining(buffer, from: at, thenCloses: thenCloses)
        } else if left < 0 {
            close()
        } else {
            input = .draining(budget: left, thenCloses: thenCloses)
            resumeReading()
        }
    }

    private func finishDraining(_ buffer: ByteBuffer, from at: Int, thenCloses: Bool) {
        guard !thenCloses else {
            // Nothing of the request is unread, so closing resets nothing that the client has still to read.
            close()
            return
        }
        unsafe buffer.withUnsafeReadableBytes { unsafe inbox.append(UnsafeRawBufferPointer(rebasing: $0[at...])) }
        nextRequest()
    }

    /// The connection is ready for another request.
    func nextRequest() {
        guard input != .closed else { return }
        machine.reset()
        scanner.reset()
        input = .head
        deadline = .none
        advance()
    }
}
