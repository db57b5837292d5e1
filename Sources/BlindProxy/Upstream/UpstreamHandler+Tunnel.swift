import HTTPWire
import NIOCore

extension UpstreamHandler {
    /// The upstream left HTTP: with the client's consent its bytes are frames from here on.
    /// - Parameter bytes: of the 101, which `loop.answerHead` was parsed from.
    /// - Returns: whether that is so; else the call has ended with an error.
    func beginTunnel(_ client: ClientHandler, _ bytes: Span<UInt8>) -> Bool {
        guard !client.hasEarlyBytes else {
            client.failRequest(.upgradeEarly)
            return false
        }
        do throws(ProxyError) {
            try client.beginTunnel(loop.answerHead, bytes)
        } catch {
            client.failCall(error)
            return false
        }
        isTunnel = true
        return true
    }

    /// The end of an upstream's bytes may come together with its 101, so it has to be an event from the handshake on.
    func prepareTunnel() { context?.channel.setHalfClosure(true) }

    /// The upstream's half ended; without a tunnel that is the end of the connection.
    func upstreamSentAll(_ context: ChannelHandlerContext) {
        guard !isTunnel else {
            client?.upstreamSentAll()
            return
        }
        isActive = false
        context.close(promise: nil)
    }

    /// The client sends no more; what it sent goes out first.
    func endOutput() { context?.channel.closeOutputWhenWritten() }

    /// The client is gone after one half ended properly: what it sent last gets two seconds to go out.
    func closeWhenWritten() {
        detach()
        endOutput()
        loop.eventLoop.assumeIsolated().scheduleTask(in: .seconds(2)) { [weak self] in self?.close() }
    }
}
