import HTTPTypes
import Model
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// Stands between the HTTP codec and Hummingbird on each connection: closes after an answer that says so, and answers a request that
/// could not be parsed, or whose body takes too long, in our own shape.
final class ConnectionHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// How long a client may go on sending after an answer that ends its connection.
    static let lingerSeconds: Int64 = 2

    private let bodyTime: TimeAmount
    private var deadline: Scheduled<Void>?
    private var isReading = false
    /// Requests whose answer has not ended.
    private var unanswered = 0
    private var isAnswering = false
    private var closesAfterAnswer = false
    private var isClosing = false

    /// - Parameter bodyTime: from a request's head to its end.
    init(bodyTime: TimeAmount) {
        self.bodyTime = bodyTime
    }

    func channelInactive(context: ChannelHandlerContext) {
        deadline?.cancel()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // Once the last answer is on its way nothing is read any more; what still comes is dropped with its buffer.
        guard !isClosing else {
            if case .end = unwrapInboundIn(data) { context.close(promise: nil) }
            return
        }
        switch unwrapInboundIn(data) {
        case .head:
            isReading = true
            unanswered += 1
            deadline = context.eventLoop.assumeIsolated().scheduleTask(in: bodyTime) { self.bodyTookTooLong(context) }
        case .body: break
        case .end:
            isReading = false
            deadline?.cancel()
        }
        context.fireChannelRead(data)
    }

    private func bodyTookTooLong(_ context: ChannelHandlerContext) {
        guard isReading, !isClosing else { return }
        guard unanswered == 1, !isAnswering else {
            isClosing = true
            context.close(promise: nil)
            return
        }
        refuse(ErrorAnswer(status: 408, code: "malformed", message: "the body took too long; send it within 30 s"), context)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard !isClosing else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        switch unwrapOutboundIn(data) {
        case .head(let head):
            isAnswering = true
            closesAfterAnswer = head.headerFields[.connection]?.lowercased() == "close"
            context.write(data, promise: promise)
        case .body: context.write(data, promise: promise)
        case .end:
            isAnswering = false
            unanswered -= 1
            if closesAfterAnswer {
                context.writeAndFlush(data, promise: promise)
                close(context)
            } else {
                context.write(data, promise: promise)
            }
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard error is HTTPParserError else {
            context.fireErrorCaught(error)
            return
        }
        guard !isClosing else { return }
        guard !isAnswering else {
            isClosing = true
            context.close(promise: nil)
            return
        }
        refuse(ErrorAnswer(status: 400, code: "malformed", message: "this is no HTTP request we read; update the client"), context)
    }

    private func refuse(_ answer: ErrorAnswer, _ context: ChannelHandlerContext) {
        context.write(wrapOutboundOut(.head(answer.head(closes: true))), promise: nil)
        context.write(wrapOutboundOut(.body(ByteBuffer(bytes: answer.body))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        close(context)
    }

    /// Closes at once where the request was read to its end. Else the sending half first: closing with unread bytes makes the kernel
    /// send a reset, and the client might lose the answer.
    private func close(_ context: ChannelHandlerContext) {
        isClosing = true
        guard isReading else {
            context.close(promise: nil)
            return
        }
        context.close(mode: .output, promise: nil)
        let channel = context.channel
        context.eventLoop.scheduleTask(in: .seconds(Self.lingerSeconds)) { channel.close(promise: nil) }
    }
}
