import BlindProxy
import Broker
import Client
import ControlAPI
import Logging
import ServiceLifecycle

/// The proxy listener: opened last, when everything behind it stands; closed first, after its running calls had their time.
struct ProxyService: Service {
    let broker: Broker
    let control: ControlServer
    let metrics: MetricsServer?
    let proxy: BlindProxy
    let configuration: ServeConfiguration
    /// Whether this start made the database.
    let isNew: Bool
    let drainSeconds: Int
    let notifier: ServiceNotifier
    let logger: Logger

    func run() async throws {
        let bound = try await control.waitUntilListening()
        if let port = bound.port { proxy.forbid(ListenerAddress(host: bound.address ?? configuration.control.host, port: port)) }
        let metricsPort = try await metrics?.waitUntilListening()
        if let metricsPort, let host = configuration.metrics?.host { proxy.forbid(ListenerAddress(host: host, port: metricsPort)) }
        let address = try await proxy.start()
        let url = proxyURL(port: address.port)
        broker.setProxyURL(url)
        var places: Logger.Metadata = [
            "control": "\(controlURL(port: bound.port))", "proxy": "\(url)", "socket": "\(configuration.controlSocket)",
        ]
        if let metricsPort, let host = configuration.metrics?.urlHost { places["metrics"] = "http://\(host):\(metricsPort)/metrics" }
        logger.info("ready", metadata: places)
        notifier.ready(status: "proxy \(url), control \(controlURL(port: bound.port))")
        if isNew { Output.words(StartGuide.text(controlSocket: configuration.controlSocket, proxyURL: url)) }
        try? await gracefulShutdown()
        notifier.stopping()
        logger.info("draining", metadata: ["seconds": "\(drainSeconds)"])
        broker.drain()
        await proxy.drain(seconds: drainSeconds)
        await proxy.stop()
    }

    /// How clients of this machine reach the proxy; one that listens everywhere is known by the first `--origin`'s host.
    private func proxyURL(port: Int) -> String {
        let scheme = configuration.proxyTLS == nil ? "http" : "https"
        var host = configuration.proxy.urlHost
        if ["0.0.0.0", "[::]"].contains(host) {
            host = configuration.origins.first.flatMap { OwnOrigins.canonical($0) }.flatMap(Self.host) ?? "localhost"
        }
        return "\(scheme)://\(host):\(port)"
    }

    private func controlURL(port: Int?) -> String {
        "\(configuration.controlTLS == nil ? "http" : "https")://\(configuration.control.urlHost):\(port ?? configuration.control.port)"
    }

    /// The host of `scheme://host:port`, brackets kept.
    private static func host(_ origin: String) -> String? {
        guard let start = origin.firstRange(of: "://")?.upperBound, let colon = origin.lastIndex(of: ":"), start < colon else { return nil }
        return String(origin[start..<colon])
    }
}
