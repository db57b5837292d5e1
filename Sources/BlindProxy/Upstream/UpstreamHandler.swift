import HTTPWire
import Model
import NIOCore
import NIOSSL
import NIOTLS

/// The upstream's side of the proxy: a thin shell that hands heads and bodies of answers to the client's side on the same event loop.
final class UpstreamHandler: ChannelInboundHandler, ChannelOutboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    let loop: ProxyLoop
    let pool: UpstreamPool
    /// Monotonic milliseconds.
    let createdAt: UInt64
    var idleSince: UInt64
    /// Called once: with `nil` when a head may be sent, else with why not.
    var onReady: ((ProxyError?) -> Void)?
    /// Between TLS and the socket; `nil` without TLS.
    var gate: FlushGate?
    private(set) var context: ChannelHandlerContext?
    /// Whose call this connection carries; never weakly, which would make every retain of the client slow. `release`, `close` and the
    /// connection's end undo it.
    private(set) var client: ClientHandler?
    /// Head bytes of an answer: they may hold an echo of the key.
    let inbox = WipingBuffer()
    var scanner: HeadScanner
    /// How the answer's body is read; `nil` until its head is complete.
    var body: BodyDecoder?
    var isReusable = false
    /// Interim answers to this request so far.
    var interimHeads = 0
    /// More of them are not an answer on its way.
    static let maximumInterimHeads = 16
    /// The connection left HTTP; it is never used for another call.
    var isTunnel = false
    var method = HTTPMethod.get
    /// The end of the connection was not announced by TLS: what ends with it is cut off.
    private(set) var isTruncated = false
    private var isReady = false
    private var readIsPending = false
    private var holdsReads = false
    private var isFlushPending = false
    private var handshakeLimit: Scheduled<Void>?

    init(loop: ProxyLoop, pool: UpstreamPool) {
        self.loop = loop
        self.pool = pool
        createdAt = loop.nowMilliseconds()
        idleSince = createdAt
        scanner = HeadScanner(limits: loop.headLimits)
    }

    /// Whether a request may be sent.
    var isUsable: Bool { isReady && client == nil && isActive }

    /// Whether more may be written without piling up. Kept here: the channel's own answer takes a lock.
    private(set) var isWritable = true
    var isActive = false

    /// Binds the connection to one request.
    func begin(_ client: ClientHandler, method: HTTPMethod) {
        self.client = client
        self.method = method
        body = nil
        isReusable = false
        interimHeads = 0
        scanner.reset()
        inbox.removeAll()
    }

    /// Ends the binding: the connection is pooled or closed.
    func release(reuse: Bool) {
        client = nil
        inbox.removeAll()
        setHoldsReads(false)
        if reuse { pool.put(self, now: loop.nowMilliseconds()) } else { close() }
    }

    func write(_ buffer: ByteBuffer, promise: EventLoopPromise<Void>? = nil) {
        guard let context else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        isFlushPending = true
        context.write(wrapOutboundOut(buffer), promise: promise)
    }

    /// Sends what was written; nothing where nothing was.
    func flush() {
        guard isFlushPending else { return }
        isFlushPending = false
        context?.flush()
    }

    /// Whatever still comes is nobody's.
    func detach() { client = nil }

    /// Ends the connection at once. Through TLS a close would wait seconds for the upstream's own end, and a cancelled call would go on
    /// there meanwhile; nothing of ours is under way at this point, so it starts below TLS.
    func close() {
        client = nil
        inbox.removeAll()
        guard let context else { return }
        if let tls = try? context.pipeline.syncOperations.context(handlerType: NIOSSLClientHandler.self) {
            tls.close(promise: nil)
        } else {
            context.close(promise: nil)
        }
    }

    /// Ends the connection where TLS is not up in time.
    func limitHandshake(milliseconds: UInt64) {
        guard !isReady, onReady != nil else { return }
        handshakeLimit = loop.eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(Int64(milliseconds))) {
            self.handshakeLimit = nil
            guard !self.isReady else { return }
            self.become(.connectTimeout)
            self.close()
        }
    }

    /// Stops reading while the client cannot take more, and goes on afterwards.
    func setHoldsReads(_ holds: Bool) {
        holdsReads = holds
        guard !holds, readIsPending else { return }
        readIsPending = false
        context?.read()
    }

    // MARK: Channel events

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func read(context: ChannelHandlerContext) {
        if holdsReads { readIsPending = true } else { context.read() }
    }

    func channelActive(context: ChannelHandlerContext) {
        isActive = true
        loop.metrics.upstreamConnections &+= 1
        if pool.destination.scheme == .http { become(nil) }
        context.fireChannelActive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted = event as? TLSUserEvent { become(nil) }
        if event as? ChannelEvent == .inputClosed { upstreamSentAll(context) }
        context.fireUserInboundEventTriggered(event)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        receive(unwrapInboundIn(data))
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        client?.flushAnswer()
        context.fireChannelReadComplete()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        isWritable = context.channel.isWritable
        client?.upstreamWritabilityChanged()
        context.fireChannelWritabilityChanged()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if !isReady { become(error is IOError || error is ChannelError ? .unreachable : .upstreamTLS) }
        isTruncated = true
        isActive = false
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        isActive = false
        isWritable = false
        if !isReady { become(pool.destination.scheme == .https ? .upstreamTLS : .unreachable) }
        loop.metrics.upstreamConnections &-= 1
        pool.remove(self)
        let lost = client
        client = nil
        lost?.upstreamEnded(self)
        inbox.removeAll()
        context.fireChannelInactive()
    }

    private func become(_ error: ProxyError?) {
        guard !isReady, let done = onReady else { return }
        onReady = nil
        handshakeLimit?.cancel()
        handshakeLimit = nil
        isReady = error == nil
        done(error)
    }
}
