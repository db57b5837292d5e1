internal import Glibc
import NIOCore

/// Stands in the listener's pipeline and makes accepting pause for a moment where the system has no descriptor or memory left: the next try
/// would fail at once, and again, with all of the processor's time.
final class AcceptGate: ChannelInboundHandler {
    typealias InboundIn = any Channel

    /// How long the listener rests. Clients wait meanwhile in the kernel's queue.
    static let pause = TimeAmount.milliseconds(250)

    private let onExhausted: () -> Void

    /// - Parameter onExhausted: called at the beginning of each pause.
    init(onExhausted: @escaping () -> Void) { self.onExhausted = onExhausted }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? IOError, [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(error.errnoCode) else {
            // One connection ended before it was accepted; what closes the listener is seen by its owner.
            return
        }
        onExhausted()
        let options = NIOLoopBound(context.channel.syncOptions, eventLoop: context.eventLoop)
        try? options.value?.setOption(.autoRead, value: false)
        context.eventLoop.scheduleTask(in: Self.pause) { try? options.value?.setOption(.autoRead, value: true) }
    }
}
