import NIOCore
import NIOPosix
import NIOSSL

/// How much memory a connection may hold in buffers; one for clients and upstreams alike.
///
/// Bytes on their way through: one read, and what the other side's socket has not taken. Reading stops above the mark for writing, so a pair
/// holds at most two reads and two marks, whatever the peers do.
enum ConnectionTuning {
    /// A read is at most this large, and adapts between these. A connection keeps its last buffer: most of what an idle one costs.
    static let receive = AdaptiveRecvByteBufferAllocator(minimum: 2_048, initial: 2_048, maximum: 32_768)
    /// Reads per turn of the event loop: with one, a fast peer takes no more than its turn, and one buffer is all a connection keeps.
    static let readsPerTurn: UInt = 1
    /// Above the high mark the other side is not read, below the low one it is again.
    static let writeMarks = ChannelOptions.Types.WriteBufferWaterMark(low: 16_384, high: 65_536)

    /// TLS gives back what a large write needed, and keeps what a read's worth of bytes does.
    static var tls: NIOSSLHandler.Configuration {
        var configuration = NIOSSLHandler.Configuration()
        configuration.maximumPreservedOutboundBufferCapacity = 65_536
        return configuration
    }
}
