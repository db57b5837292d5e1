import Audit
import BlindProxy
import Broker
import CHardening
import Client
import ControlAPI
import Custody
import HTTPTransport
import Logging
import Measures
import Model
import Primitives
import ServiceLifecycle
import Sessions
import Store

/// A broker from its start to its end: puts the modules together and runs them as one group of services.
struct BrokerProgram: Sendable {
    let configuration: ServeConfiguration
    let logger: Logger

    /// How long running calls may go on after SIGTERM, in seconds.
    private static let drainSeconds = 10

    /// Runs until SIGTERM or SIGINT. The order of the start: limits of the process, data directory, keyring of a new store, store, custody, sessions,
    /// control plane, and the proxy last; the end goes the other way round.
    /// - Throws: `StartError`.
    func run() async throws(StartError) {
        // First of all: it takes a token out of the environment.
        let vaultSettings = VaultSettings.fromEnvironment()
        if tacit_hardening_wiping_free_installed() != 1 {
            logger.warning("this build does not wipe freed memory; it is for tests only")
        }
        let fileLimit = FileLimit.raise(logger: logger)
        let isLocked = try MemoryLock.apply(isRequired: configuration.requiresLockedMemory, logger: logger)
        try startLibraries()
        let isNew = try makeDataDirectory()
        let custodies = CustodyStart(
            uri: configuration.kek, settings: vaultSettings, dataDirectory: configuration.dataDirectory,
            configurationDirectory: configuration.configurationDirectory, logger: logger)
        let prepared = isNew ? try await custodies.prepare() : nil
        let store = try StartErrors.catching { () throws(StoreError) in try SQLiteStore(directory: configuration.dataDirectory) }
        let custody = try await custodies.open(for: store, prepared: prepared)
        let sessions = SessionTable()
        let usage = UsageMeter(shards: configuration.proxyThreads)
        let use = try StoreUse(directory: configuration.dataDirectory, isExclusive: configuration.keepsSessionsInMemory)
        let state = try await sessionStore(over: store)
        let audit = AuditLog(store: state, clockMilliseconds: SystemTime.milliseconds)
        let origins = try StartErrors.catching { () throws(OriginError) in try OwnOrigins(named: configuration.origins) }
        let broker = Broker(
            store: state, custody: custody, sessions: sessions, audit: audit, usage: usage,
            configuration: try brokerConfiguration(isLocked: isLocked), origins: origins, logger: logger)
        let proxy = try StartErrors.catching { () throws(ProxyStartError) in
            try BlindProxy(configuration: proxyConfiguration(fileLimit: fileLimit), sessions: sessions, usage: usage, logger: logger)
        }
        let sources: [any MetricsSource] = [proxy, broker, ProcessMetrics()]
        let control = try StartErrors.catching { () throws(ControlStartError) in
            try ControlServer(broker: broker, configuration: controlConfiguration, metrics: sources, logger: logger)
        }
        let metrics = try configuration.metrics.map { address throws(StartError) in
            try StartErrors.catching { () throws(ControlStartError) in
                try MetricsServer(host: address.host, port: address.port, sources: sources, logger: logger)
            }
        }
        try await StartErrors.catching { () async throws(BrokerError) in try await broker.start() }
        let notifier = ServiceNotifier.make()
        let proxyService = ProxyService(
            broker: broker, control: control, metrics: metrics, proxy: proxy, configuration: configuration, isNew: isNew,
            drainSeconds: Self.drainSeconds, notifier: notifier, logger: logger)
        let listeners: [any Service] = [control] + (metrics.map { [$0] } ?? [])
        try await runServices([BrokerService(broker: broker, custody: custody, notifier: notifier)] + listeners + [proxyService])
        do { try store.close() } catch { logger.error("the store could not be closed: \(error)") }
        _ = consume use
        logger.info("stopped")
    }

    /// The store itself, or with `--sessions memory` one that writes nothing that opens a session's keys.
    private func sessionStore(over store: SQLiteStore) async throws(StartError) -> any Store {
        guard configuration.keepsSessionsInMemory else { return store }
        let memory = MemorySessionsStore(store)
        let ended = try await StartErrors.catching { () async throws(StoreError) in try await memory.endStored(at: TimeText.now()) }
        if ended > 0 {
            logger.notice("sessions from before ended: they are kept in memory only", metadata: ["sessions": "\(ended)"])
        }
        return memory
    }

    private func runServices(_ services: [any Service]) async throws(StartError) {
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: services.map { ServiceGroupConfiguration.ServiceConfiguration(service: $0) },
                logger: Logger(label: "tacit.services") { _ in SwiftLogNoOpLogHandler() }))
        do { try await TerminationSignals.run(group) } catch { throw StartErrors.make(error) }
    }

    private func startLibraries() throws(StartError) {
        try StartErrors.catching { () throws(PrimitiveError) in try PrimitiveLibraries.initialize() }
        try StartErrors.catching { () throws(HTTPTransportError) in try HTTPTransportLibrary.initialize() }
        logger.info(
            "tacit \(TacitVersion.text)", metadata: ["libraries": "\(PrimitiveLibraries.versions), libcurl \(HTTPTransportLibrary.version)"]
        )
    }

    /// - Returns: whether there is no database in it yet.
    private func makeDataDirectory() throws(StartError) -> Bool {
        try StartErrors.catching { () throws(StoreError) in try SQLiteStore.makeDirectory(configuration.dataDirectory) }
        return !FileExistence.of(configuration.dataDirectory + "/tacit.db")
    }

    private func brokerConfiguration(isLocked: Bool) throws(StartError) -> BrokerConfiguration {
        try StartErrors.catching { () throws(BrokerConfigurationError) in
            try BrokerConfiguration(
                registration: configuration.registration, listensOnLoopbackOnly: configuration.control.isLoopback,
                assistedUnlock: configuration.assistedUnlock, version: TacitVersion.text, memoryLocked: isLocked)
        }
    }

    private var controlConfiguration: ControlConfiguration {
        var control = ControlConfiguration()
        control.host = configuration.control.host
        control.port = configuration.control.port
        control.tlsCertificateFile = configuration.controlTLS?.certificate
        control.tlsKeyFile = configuration.controlTLS?.key
        control.socketPath = configuration.controlSocket
        return control
    }

    private func proxyConfiguration(fileLimit: Int) -> ProxyConfiguration {
        var proxy = ProxyConfiguration(host: configuration.proxy.host, port: configuration.proxy.port)
        proxy.threads = configuration.proxyThreads
        proxy.tlsCertificateFile = configuration.proxyTLS?.certificate
        proxy.tlsKeyFile = configuration.proxyTLS?.key
        proxy.upstreamCAFile = configuration.upstreamCAFile
        proxy.privateDestinations = configuration.privateDestinations
        proxy.origins = configuration.origins
        proxy.limits.connections = FileLimit.clients(limit: fileLimit, threads: configuration.proxyThreads)
        proxy.limits.idleConnections = proxy.limits.connections
        return proxy
    }
}
