package import Broker
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
package import Logging
package import Measures
import NIOCore
import NIOSSL
import ServiceLifecycle

/// The control plane: the broker's routes over HTTP, on a TCP listener (with TLS or on loopback) and on the Unix socket of the operator.
///
/// It adds nothing to what the broker decides: it finds out who asks, refuses what browsers must not send, reads bodies strictly and
/// writes answers in one shape. Runs until graceful shutdown, then lets running requests end.
package final class ControlServer: Service {
    private let broker: Broker
    private let metrics: [any MetricsSource]
    private let configuration: ControlConfiguration
    private let tls: TLSConfiguration?
    private let listening: Listening
    private let logger: Logger

    /// Checks the configuration and reads the TLS files; nothing is opened.
    /// - Parameter metrics: what `/metrics` says to the operator.
    package init(
        broker: Broker, configuration: ControlConfiguration, metrics: [any MetricsSource] = [],
        logger: Logger = Logger(label: "tacit.control")
    ) throws(ControlStartError) {
        try configuration.validate()
        self.broker = broker
        self.metrics = metrics
        self.configuration = configuration
        self.logger = logger
        tls = try Self.readTLS(configuration)
        listening = Listening(count: (configuration.host == nil ? 0 : 1) + (configuration.socketPath == nil ? 0 : 1))
    }

    /// Waits until every listener is bound.
    /// - Throws: what ``run()`` failed with before.
    package func waitUntilListening() async throws -> BoundControl {
        try await listening.wait()
    }

    /// Serves until graceful shutdown or cancellation. Call it once.
    /// - Throws: `ControlStartError` where a listener cannot be opened.
    package func run() async throws {
        do {
            let socket = try configuration.socketPath.map { path throws(ControlStartError) in try SocketFile(path: path) }
            defer { socket?.remove() }
            var services: [any Service] = []
            if let host = configuration.host { services.append(try tcpService(host: host)) }
            if let socket { services.append(unixService(socket)) }
            try await ServiceGroup(configuration: .init(services: services, logger: logger)).run()
            listening.fail(ControlStartError.bind("the control plane has stopped"))
        } catch let error as ControlStartError {
            listening.fail(error)
            throw error
        } catch {
            let failure = ControlStartError.bind(
                "the control plane cannot listen on \(configuration.host ?? ""):\(configuration.port): \(error)")
            listening.fail(failure)
            throw failure
        }
    }

    private func tcpService(host: String) throws -> any Service {
        let (broker, listening, usesTLS) = (broker, listening, tls != nil)
        let isLoopback = configuration.listensOnLoopbackOnly
        return Application(
            router: ControlRouter.make(broker: broker, metrics: metrics, transport: usesTLS ? .tls : .tcp), server: try builder(tls),
            configuration: .init(
                address: .hostname(host, port: configuration.port),
                availableConnectionsDelegate: .maximum(configuration.maximumConnections, logger: logger)),
            onServerRunning: { channel in
                await AcceptPause.guardListener(channel)
                let (address, port) = (channel.localAddress?.ipAddress, channel.localAddress?.port ?? 0)
                broker.origins.addListener(scheme: usesTLS ? "https" : "http", host: host, port: port, isLoopback: isLoopback)
                listening.add { bound in
                    bound.host = host
                    bound.port = port
                    bound.address = address
                }
            }, logger: logger)
    }

    private func unixService(_ socket: SocketFile) -> any Service {
        let (broker, listening, logger) = (broker, listening, logger)
        return Application(
            router: ControlRouter.make(broker: broker, metrics: metrics, transport: .unix), server: plainBuilder,
            configuration: .init(
                address: .unixDomainSocket(path: socket.path),
                availableConnectionsDelegate: .maximum(configuration.maximumConnections, logger: logger)),
            onServerRunning: { channel in
                await AcceptPause.guardListener(channel)
                do throws(ControlStartError) {
                    try socket.restrict()
                    listening.add { $0.socketPath = socket.path }
                } catch {
                    // The directory is ours alone (SocketFile), so nobody else came in; but the promise is mode 0600.
                    logger.error("the control socket is closed", metadata: ["reason": "\(error)"])
                    listening.fail(error)
                    channel.close(promise: nil)
                }
            }, logger: logger)
    }

    private var plainBuilder: HTTPServerBuilder {
        Self.plainBuilder(idleSeconds: configuration.idleSeconds, bodySeconds: configuration.bodySeconds)
    }

    /// HTTP/1.1 without TLS, with the limits of our own listeners.
    static func plainBuilder(idleSeconds: Int, bodySeconds: Int) -> HTTPServerBuilder {
        let limits = HTTP1Channel.Configuration.DecoderConfiguration(
            maxHeaderFieldSize: 8 * 1024, maxHeaderListSize: 16 * 1024, maxHeaderFieldCount: 64)
        let idle = TimeAmount.seconds(Int64(idleSeconds))
        let body = TimeAmount.seconds(Int64(bodySeconds))
        return .http1(
            configuration: HTTP1Channel.Configuration(
                additionalChannelHandlers: [ConnectionHandler(bodyTime: body)], idleTimeout: idle, httpDecoderConfiguration: limits))
    }

    private func builder(_ tls: TLSConfiguration?) throws -> HTTPServerBuilder {
        guard let tls else { return plainBuilder }
        return try .tls(plainBuilder, tlsConfiguration: tls)
    }

    private static func readTLS(_ configuration: ControlConfiguration) throws(ControlStartError) -> TLSConfiguration? {
        guard let certificate = configuration.tlsCertificateFile, let key = configuration.tlsKeyFile else { return nil }
        do {
            let chain = try NIOSSLCertificate.fromPEMFile(certificate).map { NIOSSLCertificateSource.certificate($0) }
            guard !chain.isEmpty else { throw ControlStartError.tlsFile("\(certificate) holds no certificate") }
            var tls = TLSConfiguration.makeServerConfiguration(
                certificateChain: chain, privateKey: .privateKey(try NIOSSLPrivateKey(file: key, format: .pem)))
            tls.minimumTLSVersion = .tlsv12
            tls.applicationProtocols = ["http/1.1"]
            _ = try NIOSSLContext(configuration: tls)
            return tls
        } catch let error as ControlStartError {
            throw error
        } catch {
            throw .tlsFile("cannot use \(certificate) with \(key): \(error)")
        }
    }
}
