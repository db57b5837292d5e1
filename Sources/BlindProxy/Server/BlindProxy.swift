package import Audit
package import Logging
import NIOCore
import NIOPosix
import NIOSSL
package import Sessions
import Synchronization

/// The data plane: accepts calls, checks their session token, and forwards them with the key in the token's place.
///
/// Bytes in, bytes out on NIO event loops; a call never leaves the loop it came in on. It knows keys only through the session table.
package final class BlindProxy: Sendable {
    private struct Running: Sendable {
        let group: MultiThreadedEventLoopGroup
        let listener: any Channel
        let loops: [NIOLoopBound<ProxyLoop>]
        let resolver: NameResolver
    }

    private enum State: Sendable {
        case ready
        case starting
        case running(Running)
        case stopped
    }

    private let configuration: ProxyConfiguration
    private let sessions: SessionTable
    private let usage: UsageMeter
    private let logger: Logger
    private let upstreamTLS: NIOSSLContext
    private let listenerTLS: NIOSSLContext?
    private let series = SeriesRegistry()
    private let lookUp: @Sendable (String) -> [IPAddress]
    private let state = Mutex(State.ready)

    /// Reads and checks every file the configuration names; opens nothing.
    /// - Throws: `.tlsFile`, `.configuration`.
    package convenience init(
        configuration: ProxyConfiguration, sessions: SessionTable, usage: UsageMeter, logger: Logger
    ) throws(ProxyStartError) {
        try self.init(configuration: configuration, sessions: sessions, usage: usage, logger: logger, lookUp: NameResolver.system)
    }

    /// The same with a resolver of the caller's.
    init(
        configuration: ProxyConfiguration, sessions: SessionTable, usage: UsageMeter, logger: Logger,
        lookUp: @escaping @Sendable (String) -> [IPAddress]
    ) throws(ProxyStartError) {
        self.lookUp = lookUp
        guard (1...256).contains(configuration.threads) else { throw .configuration("--proxy-threads is 1 to 256") }
        guard (0...65_535).contains(configuration.port) else { throw .configuration("a port is 0 to 65535") }
        self.configuration = configuration
        self.sessions = sessions
        self.usage = usage
        self.logger = logger
        guard configuration.tlsCertificateFile != nil || HostNames.isLoopback(configuration.host, IPAddress(configuration.host)) else {
            throw .configuration(
                "a listener off loopback needs TLS: add --proxy-tls-cert and --proxy-tls-key, or use --proxy 127.0.0.1:8701")
        }
        upstreamTLS = try TLSContexts.upstream(additionalTrustFile: configuration.upstreamCAFile)
        listenerTLS = try TLSContexts.listener(certificate: configuration.tlsCertificateFile, key: configuration.tlsKeyFile)
    }

    /// Opens the listener. Once per value.
    /// - Throws: `.bind` where the address cannot be had.
    package func start() async throws(ProxyStartError) -> BoundAddress {
        let mayStart = state.withLock { state in
            guard case .ready = state else { return false }
            state = .starting
            return true
        }
        guard mayStart else { throw .configuration("the proxy was started before") }
        let group = MultiThreadedEventLoopGroup(numberOfThreads: configuration.threads)
        let resolver = NameResolver(lookUp: lookUp)
        do {
            let loops = LoopDirectory()
            let listener = try await bind(group, loops)
            let port = listener.localAddress?.port ?? configuration.port
            let bound = BoundAddress(host: configuration.host, port: port)
            // The address itself, where the listener was given a name.
            let own = ListenerAddress(host: listener.localAddress?.ipAddress ?? configuration.host, port: port)
            let running = try await Running(
                group: group, listener: listener, loops: makeLoops(group, bound, own, resolver, loops), resolver: resolver)
            state.withLock { $0 = .running(running) }
            // Only now: no client meets a loop that is not ready.
            try await listener.setOption(.autoRead, value: true).get()
            logger.info("blind proxy listens", metadata: ["host": "\(bound.host)", "port": "\(bound.port)"])
            return bound
        } catch {
            state.withLock { $0 = .stopped }
            await resolver.stop()
            try? await group.shutdownGracefully()
            throw .bind("cannot listen on \(configuration.host):\(configuration.port) (\(error)); choose another with --proxy HOST:PORT")
        }
    }

    /// Accepts nothing new, answers further requests `draining`, and waits for running calls.
    /// - Parameter seconds: at most this long.
    package func drain(seconds: Int) async {
        guard case .running(let running) = state.withLock({ $0 }) else { return }
        try? await running.listener.close()
        for loop in running.loops { await Self.on(loop) { $0.drain() } }
        let end = ContinuousClock.now + .seconds(seconds)
        while ContinuousClock.now < end {
            var busy = 0
            for loop in running.loops { busy += await Self.on(loop) { $0.busyCount } ?? 0 }
            guard busy > 0 else { return }
            try? await Task.sleep(for: .milliseconds(50))
        }
    }

    /// Closes everything and ends the threads. May be called in any state.
    package func stop() async {
        let old = state.withLock { state in
            defer { state = .stopped }
            return state
        }
        guard case .running(let running) = old else { return }
        try? await running.listener.close()
        for loop in running.loops { await Self.on(loop) { $0.stop() } }
        await running.resolver.stop()
        try? await running.group.shutdownGracefully()
    }

    private func bind(_ group: MultiThreadedEventLoopGroup, _ loops: LoopDirectory) async throws -> any Channel {
        let tls = listenerTLS
        return try await ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1_024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.autoRead, value: false)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    guard let loop = loops.loop(for: channel.eventLoop) else { throw ChannelError.ioOnClosedChannel }
                    let client = ClientHandler(loop: loop)
                    if let tls { try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls)) }
                    try channel.pipeline.syncOperations.addHandler(client)
                    guard loop.add(client) else { throw ChannelError.ioOnClosedChannel }
                }
            }
            .bind(host: configuration.host, port: configuration.port)
            .get()
    }

    private func makeLoops(
        _ group: MultiThreadedEventLoopGroup, _ bound: BoundAddress, _ own: ListenerAddress, _ resolver: NameResolver,
        _ directory: LoopDirectory
    ) async throws -> [NIOLoopBound<ProxyLoop>] {
        let policy = AddressPolicy(
            privateBlocks: configuration.privateDestinations,
            own: OwnEndpoints.of(configuration.forbiddenAddresses + [own]))
        let hostNames = HostNames(bound: bound, isTLS: listenerTLS != nil, origins: configuration.origins)
        var made: [NIOLoopBound<ProxyLoop>] = []
        for (index, eventLoop) in Array(group.makeIterator()).enumerated() {
            let loop = try await eventLoop.submit { [configuration, sessions, usage, series, logger, upstreamTLS] in
                let loop = ProxyLoop(
                    eventLoop: eventLoop, index: index, limits: configuration.limits, hostNames: hostNames, sessions: sessions,
                    usage: usage, series: series, logger: logger)
                loop.start(resolver: resolver, policy: policy, tls: upstreamTLS)
                return NIOLoopBound(loop, eventLoop: eventLoop)
            }.get()
            directory.add(loop)
            made.append(loop)
        }
        return made
    }

    /// What `body` says on each loop in turn; nothing of one that has ended.
    func onEachLoop<R: Sendable>(_ body: @escaping @Sendable (ProxyLoop) -> R) async -> [R] {
        guard case .running(let running) = state.withLock({ $0 }) else { return [] }
        var said: [R] = []
        for loop in running.loops { if let one = await Self.on(loop, body) { said.append(one) } }
        return said
    }

    /// Runs `body` on a loop; `nil` where the loop has ended.
    @discardableResult
    private static func on<R: Sendable>(_ loop: NIOLoopBound<ProxyLoop>, _ body: @escaping @Sendable (ProxyLoop) -> R) async -> R? {
        try? await loop.eventLoop.submit { body(loop.value) }.get()
    }
}

/// Finds the loop a new connection belongs to.
private final class LoopDirectory: Sendable {
    private let loops = Mutex<[ObjectIdentifier: NIOLoopBound<ProxyLoop>]>([:])

    func add(_ loop: NIOLoopBound<ProxyLoop>) {
        loops.withLock { $0[ObjectIdentifier(loop.eventLoop)] = loop }
    }

    /// To be called on `eventLoop`.
    func loop(for eventLoop: any EventLoop) -> ProxyLoop? {
        loops.withLock { $0[ObjectIdentifier(eventLoop)] }?.value
    }
}
