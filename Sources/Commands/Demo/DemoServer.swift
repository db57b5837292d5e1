import Logging
import NIOCore
import NIOPosix
import NIOSSL
import SecretMemory
import ServiceLifecycle

/// The demo provider's TLS listener on localhost.
struct DemoServer: ~Copyable {
    private let key: DemoKey
    private let certificates: DemoCertificates

    init(key: consuming SecretBytes, certificates: DemoCertificates) {
        self.key = DemoKey(key)
        self.certificates = certificates
    }

    /// Serves until SIGTERM or SIGINT.
    /// - Parameter onReady: told the port once it is bound.
    /// - Throws: `.failed` for a port in use or certificates that do not load.
    borrowing func run(port: Int, onReady: @escaping @Sendable (Int) -> Void) async throws {
        let context = try tlsContext()
        let key = key
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
                    try channel.pipeline.syncOperations.addHandler(DemoHandler(key: key))
                }
            }
        let channel: any Channel
        do { channel = try await bootstrap.bind(host: "127.0.0.1", port: port).get() } catch {
            throw StartError.failed("the demo provider cannot listen on 127.0.0.1:\(port): \(error)")
        }
        onReady(channel.localAddress?.port ?? port)
        let service = DemoService(channel: channel)
        let services = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [ServiceGroupConfiguration.ServiceConfiguration(service: service)],
                logger: Logger(label: "tacit.demo") { _ in SwiftLogNoOpLogHandler() }))
        try await TerminationSignals.run(services)
        try await group.shutdownGracefully()
    }

    private borrowing func tlsContext() throws(StartError) -> NIOSSLContext {
        do {
            let chain = try NIOSSLCertificate.fromPEMFile(certificates.certificateFile).map(NIOSSLCertificateSource.certificate)
            let privateKey = try NIOSSLPrivateKey(file: certificates.keyFile, format: .pem)
            var configuration = TLSConfiguration.makeServerConfiguration(certificateChain: chain, privateKey: .privateKey(privateKey))
            configuration.applicationProtocols = ["http/1.1"]
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw .failed("the demo provider's certificate cannot be loaded: \(error)")
        }
    }
}

/// Keeps the listener open until the process shall end.
private struct DemoService: Service {
    let channel: any Channel

    func run() async throws {
        try? await gracefulShutdown()
        try await channel.close()
    }
}
