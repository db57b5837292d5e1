internal import Glibc
import HTTPWire
import NIOCore
import Sessions

/// The client's side of the proxy: a thin shell around `ExchangeStateMachine`, one per connection, on the event loop of its upstreams.
@safe
final class ClientHandler: ChannelInboundHandler, ChannelOutboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// What becomes of the client's next bytes.
    enum Input: Equatable {
        /// They belong to a head.
        case head
        /// They wait in the inbox: a request is on its way, or its answer is.
        case blocked
        /// They are body and go to the upstream.
        case body
        /// They are frames and go to the upstream.
        case tunnel
        /// They are the rest of a body nobody wants; `budget` bytes of it are taken, then the connection closes.
        case draining(budget: Int, thenCloses: Bool)
        case closed
    }

    /// What the connection waits for, and until when (milliseconds of `ProxyLoop.servedMilliseconds`).
    enum Deadline: Equatable {
        case none
        case idle(UInt64), head(UInt64), connect(UInt64), requestBody(UInt64), upstream(UInt64), client(UInt64), close(UInt64)
        /// A head waits for its session's requests; when it was read stays what it was (monotonic nanoseconds).
        case requests(UInt64, headReadAt: UInt64)
        /// The tunnel has clocks of its own.
        case tunnel
    }

    let loop: ProxyLoop
    private(set) var context: ChannelHandlerContext?
    /// Received bytes that are not yet spent: heads, and with them tokens, are nowhere else.
    let inbox = WipingBuffer()
    var scanner: HeadScanner
    var head = RequestHead()
    var machine = ExchangeStateMachine()
    var call: Call?
    /// Counts the calls of this connection.
    var callNumber: UInt64 = 0
    var upstream: UpstreamHandler?
    var requestBody = BodyDecoder(.none)
    var input = Input.head
    var deadline = Deadline.none
    /// When bytes of the head came that may have made it whole (monotonic nanoseconds).
    var headReadAt: UInt64 = 0
    /// Bytes for the client that wait for the next flush.
    var outgoing = ByteBuffer()
    /// In the loop's slab, only while `handle(headOf:)` runs: what the session's keys come from (32 bytes).
    var pseudorandomKey: UnsafeRawBufferPointer?
    /// No head came since the last tick: an idle connection, or one with a stream.
    var wasQuiet = false
    /// Guards `advance` against itself.
    var isAdvancing = false
    private var readIsPending = false
    /// For answers; `nil` through TLS.
    private(set) var socket: SocketWriter?
    private let isSecured: Bool

    /// Bytes in the inbox from which on reading stops while a call runs.
    static let inboxEase = 16_384
    /// Bytes the inbox takes besides a head; reading stops long before, so more is a peer that does not stop.
    static let inboxSlack = 4_194_304

    /// - Parameter isSecured: TLS stands between this handler and the socket.
    init(loop: ProxyLoop, isSecured: Bool) {
        self.loop = loop
        self.isSecured = isSecured
        scanner = HeadScanner(limits: loop.headLimits)
    }

    /// Whether a call is under way.
    var isBusy: Bool { machine.isBusy }

    /// Whether more may be written without piling up.
    private(set) var isWritable = true

    /// Ends the connection; what was written goes out first where it can.
    func close() {
        guard input != .closed else { return }
        input = .closed
        inbox.removeAll()
        perform(machine.loseClient())
        closeWhenWritten()
    }

    /// NIO fails writes that still wait for the kernel when a channel closes, so the close comes after the last of them; `tick` ends a
    /// client that does not take them.
    private func closeWhenWritten() {
        guard let context else { return }
        flushAnswer()
        deadline = .close(loop.servedMilliseconds() + UInt64(loop.limits.sendSeconds) * 1_000)
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.assumeIsolated().whenComplete { _ in context.close(promise: nil) }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer()), promise: written)
    }

    /// Ends a connection whose last bytes nobody takes.
    func closeUnwritten() {
        guard input == .closed else { return close() }
        context?.close(promise: nil)
    }

    /// Ends the connection in a way that no client can take for the end of an answer.
    func abort() {
        guard let context, input != .closed else { return }
        if call?.answerFraming == .untilClose {
            // Only a reset differs from such an answer's proper end.
            (context.channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenComplete { _ in }
        }
        closeAbruptly()
    }

    /// Lets a read that was held go on, where the state allows it.
    func resumeReading() {
        guard readIsPending, mayRead else { return }
        readIsPending = false
        context?.read()
    }

    private var mayRead: Bool {
        switch input {
        case .head: isWritable
        case .draining: true
        // Up to a bound: holding and releasing every read would cost two system calls a request.
        case .blocked: inbox.count < Self.inboxEase
        case .body, .tunnel: upstream?.isWritable ?? false
        case .closed: false
        }
    }

    // MARK: Channel events

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        loop.add(self)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        loop.remove(self)
        self.context = nil
        socket = nil
    }

    func channelActive(context: ChannelHandlerContext) {
        deadline = .head(loop.servedMilliseconds() + UInt64(loop.limits.headSeconds) * 1_000)
        if !isSecured { socket = SocketWriter(context.channel) }
        context.fireChannelActive()
    }

    func read(context: ChannelHandlerContext) {
        if mayRead { context.read() } else { readIsPending = true }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = unwrapInboundIn(data)
        switch input {
        case .head, .blocked: keep(buffer)
        case .body: forwardBody(buffer)
        case .tunnel: forwardFrames(buffer)
        case .draining: drain(buffer)
        case .closed: buffer.wipeReadableBytes()
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        upstream?.flush()
        flushAnswer()
        context.fireChannelReadComplete()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        isWritable = context.channel.isWritable
        upstream?.setHoldsReads(!isWritable)
        if let call, isWritable, machine.answerHasBegun { extendUpstreamDeadline(call) }
        if isWritable, input == .head { advance() }
        context.fireChannelWritabilityChanged()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        isWritable = false
        input = .closed
        deadline = .none
        inbox.removeAll()
        perform(machine.loseClient())
        context.fireChannelInactive()
    }

    /// Copies bytes to the inbox and wipes them where they came from.
    private func keep(_ buffer: ByteBuffer) {
        unsafe buffer.withUnsafeReadableBytes { unsafe inbox.append($0) }
        buffer.wipeReadableBytes()
        guard inbox.count <= loop.limits.headBytes + Self.inboxSlack else {
            close()
            return
        }
        if input == .head { advance() }
    }
}
