import NIOCore
import NIOSSL

extension ClientHandler {
    /// The broker drains: a running call goes on, a request that is not there as a whole is refused, and an idle connection ends.
    func beginDrain() {
        guard !isBusy else { return }
        if input == .head, inbox.count > 0 {
            refuse(.draining, loop.nextRequestID(), headIsParsed: false)
        } else if input == .head {
            close()
        }
        // A connection that reads the rest of a refused body, or waits for its session's requests, ends by itself: its next look at a head
        // refuses it.
    }

    /// The broker's time is over: a call that has no answer yet gets one, a running answer ends as one that is cut off.
    func stop() {
        if isBusy { failCall(.draining) } else { refuseWaiting(.draining) }
        close()
    }

    /// Gives back buffers that are empty: a stream, or an idle connection, needs none until its next request.
    func releaseSpareMemory() {
        inbox.releaseWhenEmpty()
        upstream?.inbox.releaseWhenEmpty()
        if outgoing.readableBytes == 0, outgoing.capacity > 0 { outgoing = ByteBuffer() }
    }

    /// Ends the connection at once. Below TLS, whose own end would say that all was delivered, and wait for the client's.
    func closeAbruptly() {
        guard let context else { return }
        flushAnswer()
        input = .closed
        inbox.removeAll()
        if let tls = try? context.pipeline.syncOperations.context(handlerType: NIOSSLServerHandler.self) {
            tls.close(promise: nil)
        } else {
            context.close(promise: nil)
        }
    }
}
