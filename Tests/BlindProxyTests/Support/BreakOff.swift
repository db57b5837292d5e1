import NIOCore
import NIOPosix
import NIOSSL

/// How an upstream ends a connection.
enum BreakOff: CaseIterable, Sendable {
    /// As the protocols say: through TLS where there is TLS.
    case proper
    /// The TCP connection ends; TLS did not say so before.
    case truncated
    case reset

    /// To be called on the channel's loop.
    func end(_ channel: any Channel) {
        if self == .reset {
            (channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenComplete { _ in }
        }
        if self != .proper, let tls = try? channel.pipeline.syncOperations.context(handlerType: NIOSSLServerHandler.self) {
            tls.close(promise: nil)
        } else {
            channel.close(promise: nil)
        }
    }
}
