import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// An upstream that answers one head with bytes of a test's choice and then speaks whatever the test says; each half ends by itself.
final class TunnelUpstream: Sendable {
    /// What came.
    struct Log: Sendable {
        var heads: [String] = []
        /// Behind the heads.
        var bytes: [UInt8] = []
        var open = 0
        /// The proxy ended its half.
        var hasEnded = false
    }

    /// Called on the connection's loop.
    typealias Script = @Sendable (any Channel) -> Void
    typealias Receive = @Sendable ([UInt8], any Channel) -> Void

    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let listener: any Channel
    private let log: Box

    var port: Int { listener.localAddress?.port ?? 0 }
    var seen: Log { log.value.withLock { $0 } }

    /// Answers every handshake as RFC 6455 section 1.3 does for its example key, with more fields of the test's choice.
    static func accepting(_ fields: String = "") -> String {
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\(fields)\r\n"
    }

    /// - Parameters:
    ///   - pair: of TLS; `nil` for plain HTTP.
    ///   - answer: sent for each head.
    ///   - reads: whether anything is read after the head.
    ///   - lingers: whether the end of the proxy's half leaves ours open; servers of WebSockets close.
    ///   - begin: called after the answer.
    ///   - receive: called with bytes behind the head.
    init(
        _ pair: TestCertificates.Pair?, answer: String = accepting(), reads: Bool = true, lingers: Bool = false,
        begin: @escaping Script = { _ in }, receive: @escaping Receive = { _, _ in }
    ) async throws {
        let log = Box()
        self.log = log
        let context = try pair.map { pair in
            try NIOSSLContext(
                configuration: .makeServerConfiguration(
                    certificateChain: NIOSSLCertificate.fromPEMFile(pair.certificate).map { .certificate($0) },
                    privateKey: .privateKey(NIOSSLPrivateKey(file: pair.key, format: .pem))))
        }
        listener = try await ServerBootstrap(group: group)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let context { try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context)) }
                    try channel.pipeline.syncOperations.addHandler(Handler(log, answer, reads, lingers, begin, receive))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
    }

    func stop() async {
        try? await listener.close()
        try? await group.shutdownGracefully()
    }

    /// Waits until `condition` holds, for at most two seconds.
    func wait(_ condition: (Log) -> Bool) async throws -> Bool {
        for _ in 0..<100 {
            if condition(seen) { return true }
            try await Task.sleep(for: .milliseconds(20))
        }
        return condition(seen)
    }

    private final class Box: Sendable {
        let value = Mutex(Log())
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let log: Box
        private let answer: String
        private let reads: Bool
        private let lingers: Bool
        private let begin: Script
        private let receive: Receive
        private var received: [UInt8] = []
        private var isOpen = false

        init(
            _ log: Box, _ answer: String, _ reads: Bool, _ lingers: Bool, _ begin: @escaping Script, _ receive: @escaping Receive
        ) {
            (self.log, self.answer, self.reads, self.lingers) = (log, answer, reads, lingers)
            (self.begin, self.receive) = (begin, receive)
        }

        func channelActive(context: ChannelHandlerContext) { log.value.withLock { $0.open += 1 } }

        func channelInactive(context: ChannelHandlerContext) { log.value.withLock { $0.open -= 1 } }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            guard event as? ChannelEvent == .inputClosed else { return }
            log.value.withLock { $0.hasEnded = true }
            if !lingers { context.close(promise: nil) }
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            received += unwrapInboundIn(data).readableBytesView
            if !isOpen {
                guard let length = RawMessage.headEnd(received) else { return }
                let head = String(decoding: received[..<length], as: UTF8.self)
                received.removeFirst(length)
                log.value.withLock { $0.heads.append(head) }
                isOpen = true
                if !reads { context.channel.setOption(.autoRead, value: false).whenComplete { _ in } }
                context.channel.send(answer)
                begin(context.channel)
            }
            guard !received.isEmpty else { return }
            let bytes = received
            received = []
            log.value.withLock { $0.bytes += bytes }
            receive(bytes, context.channel)
        }
    }
}
