import NIOCore
import SecretMemory

/// Serves one connection of the demo provider, request after request.
final class DemoHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let key: DemoKey
    private var received: [UInt8] = []
    private var isAnswering = false

    /// Between the events of a stream.
    private static let pause = TimeAmount.milliseconds(40)

    init(key: DemoKey) {
        self.key = key
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = unwrapInboundIn(data)
        received.append(contentsOf: buffer.readableBytesView)
        serve(context)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func serve(_ context: ChannelHandlerContext) {
        guard !isAnswering else { return }
        switch DemoRequest.parse(received) {
        case .incomplete: return
        case .malformed: context.close(promise: nil)
        case .complete(var request, let count):
            let rest = Array(received.dropFirst(count))
            wipe(&received)
            received = rest
            let answer = DemoAnswer.answer(request, isAuthorized: key.accepts(request.credential))
            request.wipeCredential()
            isAnswering = true
            send(answer, context)
        }
    }

    private func send(_ answer: DemoAnswer, _ context: ChannelHandlerContext) {
        let framing = answer.isStream ? "transfer-encoding: chunked" : "content-length: \(answer.parts.reduce(0) { $0 + $1.utf8.count })"
        let type = answer.isStream ? "text/event-stream; charset=utf-8" : "application/json"
        let reason = answer.status == 200 ? "OK" : "Refused"
        write("HTTP/1.1 \(answer.status) \(reason)\r\ncontent-type: \(type)\r\ncache-control: no-store\r\n\(framing)\r\n\r\n", context)
        if answer.isStream {
            sendNext(answer.parts[...], context)
        } else {
            write(answer.parts.joined(), context)
            finish(context)
        }
    }

    private func sendNext(_ parts: ArraySlice<String>, _ context: ChannelHandlerContext) {
        guard let part = parts.first else {
            write("0\r\n\r\n", context)
            return finish(context)
        }
        write("\(String(part.utf8.count, radix: 16))\r\n\(part)\r\n", context)
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        context.eventLoop.scheduleTask(in: Self.pause) {
            let (handler, context) = bound.value
            guard context.channel.isActive else { return }
            handler.sendNext(parts.dropFirst(), context)
        }
    }

    private func finish(_ context: ChannelHandlerContext) {
        isAnswering = false
        serve(context)
    }

    private func write(_ text: String, _ context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(context.channel.allocator.buffer(string: text)), promise: nil)
    }
}
