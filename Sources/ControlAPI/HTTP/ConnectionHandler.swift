import HTTPTypes
import Model
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// Stands between the HTTP codec and Hummingbird on each connection: closes after an answer that says so, and answers a request that
/// could not be parsed in our own shape.
final class ConnectionHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// How long a client may go on sending after an answer that ends its connection.
    static let lingerSeconds: Int64 = 2

    private var isReading = false
    private var isAnswering = false
    private var closesAfterAnswer = false
    private var isClosing = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // Once the last answer is on its way nothing is read any more; what still comes is dropped with its buffer.
        guard !isClosing else {
            if case .end = unwrapInboundIn(data) { context.close(promise: nil) }
            return
        }
        switch unwrapInboundIn(data) {
        case .head: isReading = true
        case .body: break
        case .end: isReading = false
        }
        context.fireChannelRead(data)
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
        let answer = ErrorAnswer(status: 400, code: "malformed", message: "this is no HTTP request we read; update the client")
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
