internal import Glibc
import NIOCore

/// Stands first in a listener's pipeline. Without it an accept that fails for want of a descriptor or of memory would end the whole server,
/// and with it the broker; so accepting rests for a moment instead. Clients wait meanwhile in the kernel's queue.
final class AcceptPause: ChannelInboundHandler {
    typealias InboundIn = any Channel

    private static let pause = TimeAmount.milliseconds(250)

    /// Puts one into `listener`, on its event loop.
    static func guardListener(_ listener: any Channel) async {
        try? await listener.eventLoop.submit {
            try listener.pipeline.syncOperations.addHandler(AcceptPause(), position: .first)
        }.get()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let failure = error as? IOError, [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(failure.errnoCode) else {
            context.fireErrorCaught(error)
            return
        }
        let options = NIOLoopBound(context.channel.syncOptions, eventLoop: context.eventLoop)
        try? options.value?.setOption(.autoRead, value: false)
        context.eventLoop.scheduleTask(in: Self.pause) { try? options.value?.setOption(.autoRead, value: true) }
    }
}
