import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// An upstream of a test: records every byte it gets and answers what a script says.
final class TestUpstream: Sendable {
    /// One request as it came.
    struct Request: Sendable {
        let head: String
        /// As it came, chunk framing included.
        let rawBody: [UInt8]
        /// Without chunk framing.
        let body: [UInt8]

        /// The target of the request line.
        var target: String { String(head.split(separator: " ").dropFirst().first ?? "") }

        func field(_ name: String) -> String? {
            head.split(separator: "\r\n").dropFirst().first { $0.lowercased().hasPrefix(name + ":") }
                .map { String($0.drop { $0 != ":" }.dropFirst().drop { $0 == " " }) }
        }
    }

    /// Called on the connection's loop with each complete request.
    typealias Script = @Sendable (Request, any Channel) -> Void

    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let listener: any Channel
    private let log = Mutex<(requests: [Request], connections: Int, open: Int)>(([], 0, 0))

    var port: Int { listener.localAddress?.port ?? 0 }
    var requests: [Request] { log.withLock { $0.requests } }
    /// Connections accepted so far.
    var connections: Int { log.withLock { $0.connections } }
    /// Connections that have not ended.
    var open: Int { log.withLock { $0.open } }

    /// Listens on 127.0.0.1.
    /// - Parameter pair: of TLS; `nil` for plain HTTP.
    init(_ pair: TestCertificates.Pair?, _ script: @escaping Script) async throws {
        let box = Box()
        let context = try pair.map { pair in
            try NIOSSLContext(
                configuration: .makeServerConfiguration(
                    certificateChain: NIOSSLCertificate.fromPEMFile(pair.certificate).map { .certificate($0) },
                    privateKey: .privateKey(NIOSSLPrivateKey(file: pair.key, format: .pem))))
        }
        listener = try await ServerBootstrap(group: group)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let context { try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context)) }
                    try channel.pipeline.syncOperations.addHandler(Handler(box, script))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        box.upstream.withLock { $0 = self }
    }

    func stop() async {
        try? await listener.close()
        try? await group.shutdownGracefully()
    }

    private final class Box: Sendable {
        let upstream = Mutex<TestUpstream?>(nil)
        func note(_ body: (TestUpstream) -> Void) { if let upstream = upstream.withLock({ $0 }) { body(upstream) } }
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let box: Box
        private let script: Script
        private var received: [UInt8] = []

        init(_ box: Box, _ script: @escaping Script) {
            self.box = box
            self.script = script
        }

        func channelActive(context: ChannelHandlerContext) {
            box.note { $0.log.withLock { ($0.connections, $0.open) = ($0.connections + 1, $0.open + 1) } }
        }

        func channelInactive(context: ChannelHandlerContext) { box.note { $0.log.withLock { $0.open -= 1 } } }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            received += unwrapInboundIn(data).readableBytesView
            while let request = RawMessage.takeRequest(&received) {
                box.note { $0.log.withLock { $0.requests.append(request) } }
                script(request, context.channel)
            }
        }
    }
}

extension Channel {
    /// Sends text as it is.
    func send(_ text: String) { send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) { writeAndFlush(ByteBuffer(bytes: bytes), promise: nil) }
}
