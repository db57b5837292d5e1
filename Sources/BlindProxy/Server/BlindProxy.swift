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
        /// One thread besides: it accepts connections and keeps time for the loops.
        let keeper: MultiThreadedEventLoopGroup
        let listener: any Channel
        let loops: [NIOLoopBound<ProxyLoop>]
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
    private let resolver: NameResolver
    private let own = OwnListeners()
    private let state = Mutex(State.ready)

    /// Reads and checks every file the configuration names; opens nothing.
    /// - Throws: `.tlsFile`, `.configuration`.
    package convenience init(
        configuration: ProxyConfiguration, sessions: SessionTable, usage: UsageMeter, logger: Logger
    ) throws(ProxyStartError) {
        try self.init(configuration: configuration, sessions: sessions, usage: usage, logger: logger, resolver: NameResolver())
    }

    /// The same with a resolver of the caller's.
    init(
        configuration: ProxyConfiguration, sessions: SessionTable, usage: UsageMeter, logger: Logger, resolver: NameResolver
    ) throws(ProxyStartError) {
        guard (1...256).contains(configuration.threads) else { throw .configuration("--proxy-threads is 1 to 256") }
        guard (0...65_535).contains(configuration.port) else { throw .configuration("a port is 0 to 65535") }
        self.configuration = configuration
        self.sessions = sessions
        self.usage = usage
        self.logger = logger
        self.resolver = resolver
        guard configuration.tlsCertificateFile != nil || HostNames.isLoopback(configuration.host, IPAddress(configuration.host)) else {
            throw .configuration(
                "a listener off loopback needs TLS: add --proxy-tls-cert and --proxy-tls-key, or use --proxy 127.0.0.1:8701")
        }
        upstreamTLS = try TLSContexts.upstream(additionalTrustFile: configuration.upstreamCAFile)
        listenerTLS = try TLSContexts.listener(certificate: configuration.tlsCertificateFile, key: configuration.tlsKeyFile)
    }

    /// Names another listener of this process by what its socket is really bound to: it is never dialled. At any time.
    package func forbid(_ listener: ListenerAddress) { own.add(listener) }

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
        let keeper = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        do {
            let loops = LoopDirectory()
            let listener = try await bind(keeper, group, loops)
            let port = listener.localAddress?.port ?? configuration.port
            let bound = BoundAddress(host: configuration.host, port: port)
            // The address itself, where the listener was given a name.
            forbid(ListenerAddress(host: listener.localAddress?.ipAddress ?? configuration.host, port: port))
            let running = try await Running(group: group, keeper: keeper, listener: listener, loops: makeLoops(group, bound, loops))
            let span = TimeAmount.milliseconds(Int64(ProxyLoop.tickMilliseconds))
            keeper.next().scheduleRepeatedTask(initialDelay: span, delay: span) { _ in loops.tick() }
            // Only now: no client meets a loop that is not ready.
            try await listener.setOption(.autoRead, value: true).get()
            return try await take(running, bound)
        } catch let error as ProxyStartError {
            throw error
        } catch {
            state.withLock { $0 = .stopped }
            resolver.stop()
            try? await keeper.shutdownGracefully()
            try? await group.shutdownGracefully()
            throw .bind("cannot listen on \(configuration.host):\(configuration.port) (\(error)); choose another with --proxy HOST:PORT")
        }
    }

    /// Runs from now on, unless it was stopped meanwhile.
    private func take(_ running: Running, _ bound: BoundAddress) async throws(ProxyStartError) -> BoundAddress {
        let isWanted = state.withLock { state in
            guard case .starting = state else { return false }
            state = .running(running)
            return true
        }
        guard isWanted else {
            await end(running)
            throw .bind("the proxy was stopped while it started; run: tacit serve")
        }
        logger.info("blind proxy listens", metadata: ["host": "\(bound.host)", "port": "\(bound.port)"])
        return bound
    }

    /// Accepts nothing new, answers further requests `draining`, and waits for running calls.
    /// - Parameter seconds: at most this long.
    package func drain(seconds: Int) async {
        guard case .running(let running) = state.withLock({ $0 }) else { return }
        try? await running.listener.close()
        for loop in running.loops { await Self.on(loop) { $0.drain() } }
        let end = ContinuousClock.now + .seconds(seconds)
        while ContinuousClock.now < end, !Task.isCancelled {
            var busy = 0
            for loop in running.loops { busy += await Self.on(loop) { $0.busyCount } ?? 0 }
            guard busy > 0 else { return }
            try? await Task.sleep(for: .milliseconds(50))
        }
    }

    /// Closes everything and ends the threads, but for those of lookups that hang. May be called in any state. Calls that have no answer
    /// yet get `draining`; answers under way are cut off, so that no client takes them for whole.
    package func stop() async {
        let old = state.withLock { state in
            defer { state = .stopped }
            return state
        }
        if case .running(let running) = old { await end(running) }
    }

    private func end(_ running: Running) async {
        try? await running.listener.close()
        resolver.stop()
        for loop in running.loops { await Self.on(loop) { $0.stop() } }
        // After the loops have done what it asked of them: a connection it accepted comes back to it.
        try? await running.keeper.shutdownGracefully()
        try? await running.group.shutdownGracefully()
    }

    private func bind(
        _ keeper: MultiThreadedEventLoopGroup, _ group: MultiThreadedEventLoopGroup, _ loops: LoopDirectory
    ) async throws -> any Channel {
        let (tls, logger) = (listenerTLS, logger)
        return try await ServerBootstrap(group: keeper, childGroup: group)
            .serverChannelOption(.backlog, value: 4_096)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.autoRead, value: false)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let gate = AcceptGate { isNews in
                        if isNews { logger.warning("no file descriptors are left for new connections; raise the limit: ulimit -n") }
                        loops.releaseIdleConnections()
                    }
                    try channel.pipeline.syncOperations.addHandler(gate)
                }
            }
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.recvAllocator, value: ConnectionTuning.receive)
            .childChannelOption(.maxMessagesPerRead, value: ConnectionTuning.readsPerTurn)
            .childChannelOption(.writeBufferWaterMark, value: ConnectionTuning.writeMarks)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    guard let loop = loops.loop(for: channel.eventLoop), loop.admitsClient() else { throw ChannelError.ioOnClosedChannel }
                    if let tls {
                        let handler = NIOSSLServerHandler(context: tls, configuration: ConnectionTuning.tls)
                        try channel.pipeline.syncOperations.addHandler(handler)
                    }
                    try channel.pipeline.syncOperations.addHandler(ClientHandler(loop: loop, isSecured: tls != nil))
                }
            }
            .bind(host: configuration.host, port: configuration.port)
            .get()
    }

    private func makeLoops(
        _ group: MultiThreadedEventLoopGroup, _ bound: BoundAddress, _ directory: LoopDirectory
    ) async throws -> [NIOLoopBound<ProxyLoop>] {
        let policy = AddressPolicy(privateBlocks: configuration.privateDestinations, own: own)
        let hostNames = HostNames(bound: bound, isTLS: listenerTLS != nil, origins: configuration.origins)
        var made: [NIOLoopBound<ProxyLoop>] = []
        for (index, eventLoop) in Array(group.makeIterator()).enumerated() {
            let loop = try await eventLoop.submit { [configuration, sessions, usage, series, logger, upstreamTLS, resolver] in
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
        // Queued under the lock that `stop` takes first: what an ended loop is given would never be answered.
        let asked = state.withLock { state -> [EventLoopFuture<R>] in
            guard case .running(let running) = state else { return [] }
            return running.loops.map { loop in loop.eventLoop.submit { body(loop.value) } }
        }
        var said: [R] = []
        for one in asked { if let one = try? await one.get() { said.append(one) } }
        return said
    }

    /// Runs `body` on a loop; `nil` where the loop has ended.
    @discardableResult
    private static func on<R: Sendable>(_ loop: NIOLoopBound<ProxyLoop>, _ body: @escaping @Sendable (ProxyLoop) -> R) async -> R? {
        try? await loop.eventLoop.submit { body(loop.value) }.get()
    }
}
