import NIOCore

/// Stands between TLS and the socket and can hold a flush back: what TLS has encrypted waits while the plaintext is wiped, so that the
/// key's time in memory does not include a system call.
final class FlushGate: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var context: ChannelHandlerContext?
    private var isHeld = false
    private var isPending = false

    /// From now on flushes wait.
    func hold() { isHeld = true }

    /// Lets a flush that waits go, and later ones at once.
    func release() {
        isHeld = false
        guard isPending else { return }
        isPending = false
        context?.flush()
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func flush(context: ChannelHandlerContext) {
        if isHeld { isPending = true } else { context.flush() }
    }
}
