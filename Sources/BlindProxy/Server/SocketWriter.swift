internal import Glibc
import NIOCore

/// Writes to a connection's socket at once where nothing waits in NIO's queue: a call's two writes through the queue cost as much as all
/// of its heads. What the kernel does not take, for whatever reason, is NIO's to write, to wait with, or to fail.
final class SocketWriter {
    private let channel: any Channel
    private let descriptor: CInt
    /// Writes NIO has not finished. While there are some, everything goes behind them.
    private var queued = 0

    /// - Returns: `nil` where the channel has no socket.
    init?(_ channel: any Channel) {
        let found = try? channel.pipeline.syncOperations.withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self) { $0 }
        guard let found = found ?? nil else { return nil }
        self.channel = channel
        descriptor = found
    }

    /// Writes what the kernel takes of the readable bytes of `buffer`, and moves past it.
    func write(_ buffer: inout ByteBuffer) {
        // A channel says that it is not active before anyone hears that its socket is closed: the descriptor is never another's.
        guard queued == 0, channel.isActive else { return }
        let descriptor = descriptor
        let sent = unsafe buffer.withUnsafeReadableBytes { bytes in
            unsafe send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
        }
        if sent > 0 { buffer.moveReaderIndex(forwardBy: sent) }
    }

    /// A promise for a write that NIO is given, which keeps later ones behind it.
    /// - Parameter promise: kept, or failed, with it.
    func queue(_ promise: EventLoopPromise<Void>? = nil) -> EventLoopPromise<Void> {
        queued += 1
        let written = channel.eventLoop.makePromise(of: Void.self)
        written.futureResult.assumeIsolated().whenComplete { _ in self.queued -= 1 }
        written.futureResult.cascade(to: promise)
        return written
    }
}
