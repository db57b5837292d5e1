import NIOCore

/// Stands between TLS and the socket and can hold a flush back: what TLS has encrypted waits while the plaintext is wiped, so that the
/// key's time in memory does not include a system call.
final class FlushGate: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var context: ChannelHandlerContext?
    private var socket: SocketWriter?
    /// Bytes that wait for a flush; further ones go to NIO's queue behind them.
    private var first: (bytes: ByteBuffer, promise: EventLoopPromise<Void>?)?
    private var isQueued = false
    private var isHeld = false
    private var isPending = false

    /// From now on flushes wait.
    func hold() { isHeld = true }

    /// Lets a flush that waits go, and later ones at once.
    func release() {
        isHeld = false
        guard isPending else { return }
        isPending = false
        flush()
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        socket = nil
        first?.promise?.fail(ChannelError.ioOnClosedChannel)
        first = nil
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        // Before NIO's queue gets anything, so that nothing can overtake it.
        if socket == nil { socket = SocketWriter(context.channel) }
        guard first == nil, !isQueued else {
            passFirst(context)
            context.write(data, promise: socket?.queue(promise) ?? promise)
            return
        }
        first = (unwrapOutboundIn(data), promise)
    }

    func flush(context: ChannelHandlerContext) {
        if isHeld { isPending = true } else { flush() }
    }

    private func flush() {
        guard let context else { return }
        if let (taken, promise) = first.take() {
            var bytes = taken
            socket?.write(&bytes)
            // An empty write asks to be told when what was written before it is out: only NIO's queue knows.
            guard bytes.readableBytes > 0 || taken.readableBytes == 0 else {
                promise?.succeed()
                return
            }
            context.writeAndFlush(wrapOutboundOut(bytes), promise: socket?.queue(promise) ?? promise)
        } else {
            isQueued = false
            context.flush()
        }
    }

    private func passFirst(_ context: ChannelHandlerContext) {
        isQueued = true
        guard let (bytes, promise) = first.take() else { return }
        context.write(wrapOutboundOut(bytes), promise: socket?.queue(promise) ?? promise)
    }
}
