import Broker
import Hummingbird
import HummingbirdCore
package import Logging
package import Measures
import NIOCore
import ServiceLifecycle

/// `GET /metrics` and nothing else, for a scraper on this machine that cannot use the operator's socket.
///
/// It asks nobody who they are and uses no TLS, so it listens on loopback only. What it says is no secret, but every user of this
/// machine can read it. Runs until graceful shutdown.
package final class MetricsServer: Service {
    /// A scraper holds one connection; more than a few are none.
    private static let maximumConnections = 16

    private let host: String
    private let port: Int
    private let sources: [any MetricsSource]
    private let listening = Listening(count: 1)
    private let logger: Logger

    /// - Parameters:
    ///   - host: a loopback address or `localhost`.
    ///   - port: 0 for any free one.
    /// - Throws: `.configuration` for a host off loopback.
    package init(
        host: String, port: Int, sources: [any MetricsSource], logger: Logger = Logger(label: "tacit.metrics")
    ) throws(ControlStartError) {
        guard ControlConfiguration.isLoopback(host) else {
            throw .configuration(
                "--metrics \(host) can be reached from other machines, and metrics are served without TLS to whoever asks: give a loopback address, or scrape /metrics over the control socket"
            )
        }
        guard (0...65_535).contains(port) else { throw .configuration("\(port) is not a port") }
        self.host = host
        self.port = port
        self.sources = sources
        self.logger = logger
    }

    /// Waits until the listener is bound.
    /// - Returns: its port.
    /// - Throws: what ``run()`` failed with before.
    package func waitUntilListening() async throws -> Int {
        try await listening.wait().port ?? port
    }

    /// Serves until graceful shutdown or cancellation. Call it once.
    /// - Throws: `ControlStartError` where the listener cannot be opened.
    package func run() async throws {
        do {
            let origins = try OwnOrigins(named: [])
            try await ServiceGroup(configuration: .init(services: [application(origins)], logger: logger)).run()
            listening.fail(ControlStartError.bind("the metrics listener has stopped"))
        } catch {
            let failure = ControlStartError.bind("metrics cannot be served on \(host):\(port): \(error)")
            listening.fail(failure)
            throw failure
        }
    }

    private func application(_ origins: OwnOrigins) -> any Service {
        let (host, listening, sources) = (host, listening, sources)
        let router = Router(context: ControlContext.self)
        router.add(middleware: AnswerMiddleware())
        // A page in a browser could reach this listener under a name of its own.
        router.add(middleware: GuardMiddleware(origins: origins, transport: .tcp))
        ControlRouter.add(.metrics, to: router) { request, _ in try await MetricsAnswer.make(request, sources) }
        return Application(
            router: router, server: ControlServer.plainBuilder(idleSeconds: 90, bodySeconds: 5),
            configuration: .init(
                address: .hostname(host, port: port),
                availableConnectionsDelegate: .maximum(Self.maximumConnections, logger: logger)),
            onServerRunning: { channel in
                await AcceptPause.guardListener(channel)
                let port = channel.localAddress?.port ?? 0
                origins.addListener(scheme: "http", host: host, port: port, isLoopback: true)
                listening.add { $0.port = port }
            }, logger: logger)
    }
}
