internal import Glibc
import NIOCore

/// Stands in the listener's pipeline and makes accepting pause for a moment where the system has no descriptor or memory left: the next try
/// would fail at once, and again, with all of the processor's time.
final class AcceptGate: ChannelInboundHandler {
    typealias InboundIn = any Channel

    /// How long the listener rests. Clients wait meanwhile in the kernel's queue.
    static let pause = TimeAmount.milliseconds(250)

    /// How long nothing is said about it after it was.
    static let silence = TimeAmount.minutes(1)

    private let onExhausted: (_ isNews: Bool) -> Void
    private let now: () -> NIODeadline
    private var silentUntil = NIODeadline.uptimeNanoseconds(0)

    /// - Parameters:
    ///   - now: the clock.
    ///   - onExhausted: called at the beginning of each pause, with whether the log should hear of it: pauses follow each other, four a second.
    init(now: @escaping () -> NIODeadline = { .now() }, onExhausted: @escaping (_ isNews: Bool) -> Void) {
        self.now = now
        self.onExhausted = onExhausted
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? IOError, [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(error.errnoCode) else {
            // One connection ended before it was accepted; what closes the listener is seen by its owner.
            return
        }
        let isNews = now() >= silentUntil
        if isNews { silentUntil = now() + Self.silence }
        onExhausted(isNews)
        let options = NIOLoopBound(context.channel.syncOptions, eventLoop: context.eventLoop)
        try? options.value?.setOption(.autoRead, value: false)
        context.eventLoop.scheduleTask(in: Self.pause) { try? options.value?.setOption(.autoRead, value: true) }
    }
}
