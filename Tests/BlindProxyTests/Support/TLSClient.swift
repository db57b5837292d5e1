import NIOCore
import NIOPosix
import NIOSSL
import NIOTLS
import Synchronization

/// A client over TLS that sends text and waits for an answer with a length.
final class TLSClient: Sendable {
    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let channel: any Channel
    private let collector: Collector

    init(port: Int, authority: String, maximumVersion: TLSVersion? = nil) async throws {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.maximumTLSVersion = maximumVersion
        configuration.trustRoots = .file(authority)
        let context = try NIOSSLContext(configuration: configuration)
        let collector = Collector()
        self.collector = collector
        channel = try await ClientBootstrap(group: group)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(NIOSSLClientHandler(context: context, serverHostname: "localhost"))
                    try channel.pipeline.syncOperations.addHandler(Reader(collector))
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
    }

    func exchange(_ request: String) async throws -> String {
        collector.bytes.withLock { $0 = [] }
        try await channel.writeAndFlush(ByteBuffer(string: request))
        for _ in 0..<500 {
            let bytes = collector.bytes.withLock { $0 }
            if let length = RawMessage.headEnd(bytes),
                let count = RawMessage.fields(String(decoding: bytes[..<length], as: UTF8.self))
                    .first(where: { $0.name == "content-length" }).flatMap({ Int($0.value) }), bytes.count >= length + count
            {
                return String(decoding: bytes, as: UTF8.self)
            }
            try await Task.sleep(for: .milliseconds(20))
        }
        return ""
    }

    /// Sends text and waits for the connection's end.
    /// - Returns: whether TLS announced it.
    func exchangeToEnd(_ request: String) async throws -> Bool {
        try await channel.writeAndFlush(ByteBuffer(string: request))
        try await channel.closeFuture.get()
        return !collector.failed.withLock { $0 }
    }

    /// The version the handshake agreed on; `nil` where it failed.
    func version() async throws -> TLSVersion? {
        for _ in 0..<250 {
            if collector.agreed.withLock({ $0 }) { return try await channel.nioSSL_tlsVersion().get() }
            guard channel.isActive else { return nil }
            try await Task.sleep(for: .milliseconds(20))
        }
        return nil
    }

    func stop() async {
        try? await channel.close()
        try? await group.shutdownGracefully()
    }

    private final class Collector: Sendable {
        let bytes = Mutex<[UInt8]>([])
        let failed = Mutex(false)
        let agreed = Mutex(false)
    }

    private final class Reader: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let collector: Collector
        init(_ collector: Collector) { self.collector = collector }
        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let buffer = unwrapInboundIn(data)
            collector.bytes.withLock { $0 += buffer.readableBytesView }
        }
        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            if case .handshakeCompleted = event as? TLSUserEvent { collector.agreed.withLock { $0 = true } }
        }
        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            collector.failed.withLock { $0 = true }
            context.close(promise: nil)
        }
    }
}
