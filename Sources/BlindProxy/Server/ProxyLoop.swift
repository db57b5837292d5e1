import Audit
import HTTPWire
import Logging
import NIOCore
import NIOPosix
import NIOSSL
import SecretMemory
import Sessions

/// Everything one event loop owns; nothing here is touched by another thread.
final class ProxyLoop {
    let eventLoop: any EventLoop
    /// Which of the usage meter's shards is ours.
    let index: Int
    let limits: ProxyLimits
    let headLimits: HeadLimits
    let hostNames: HostNames
    let sessions: SessionTable
    let usage: UsageMeter
    let logger: Logger
    let metrics: LoopMetrics
    /// Secrets of the one request that is being handled.
    let slab = SecretSlab(capacity: 32_768)
    /// What is kept of keys while their answers run.
    let echoes = EchoStore()
    /// Serves whichever answer is being parsed.
    var answerHead = ResponseHead()
    /// Outgoing heads, one at a time: wiped once TLS has encrypted them.
    var headBuffer: ByteBuffer
    /// Writes that wait for the end of this turn.
    let turn: FlushTurn
    private(set) var isDraining = false
    /// Whether calls are logged; levels do not change while the process runs.
    let logsCalls: Bool
    private(set) var dialer: UpstreamDialer?
    private var ids = RequestIDSource()
    private(set) var clients: [ObjectIdentifier: ClientHandler] = [:]
    private let idleBudget: IdleBudget
    private var routes: [ObjectIdentifier: KeyRoute] = [:]
    private(set) var pools: [PoolKey: UpstreamPool] = [:]
    private var lastSweep: UInt64 = 0
    private var lastSummary: UInt64 = 0
    /// What the last summary in the log counted up to.
    var summarized = LogSummary()
    private var isStopped = false
    /// For threads that have an answer for a client of this loop.
    let entrance: LoopEntrance
    private var lastTick: UInt64
    private var served: UInt64 = 0

    /// Milliseconds between looks at deadlines, sessions and pools.
    static let tickMilliseconds = 100
    /// More than this between two ticks, and the process stood still.
    private static let stillMilliseconds: UInt64 = 2_000

    init(
        eventLoop: any EventLoop, index: Int, limits: ProxyLimits, hostNames: HostNames, sessions: SessionTable, usage: UsageMeter,
        series: SeriesRegistry, logger: Logger
    ) {
        self.eventLoop = eventLoop
        turn = FlushTurn(eventLoop: eventLoop)
        entrance = LoopEntrance(eventLoop)
        self.index = index
        self.limits = limits
        headLimits = HeadLimits(headBytes: limits.headBytes)
        idleBudget = IdleBudget(limits.idleConnections)
        self.hostNames = hostNames
        self.sessions = sessions
        self.usage = usage
        self.logger = logger
        logsCalls = logger.logLevel <= .debug
        lastTick = sessions.monotonicMilliseconds()
        metrics = LoopMetrics(registry: series)
        headBuffer = ByteBufferAllocator().buffer(capacity: 4_096)
    }

    /// Starts dialling.
    func start(resolver: NameResolver, policy: AddressPolicy, tls: NIOSSLContext) {
        dialer = UpstreamDialer(loop: self, resolver: resolver, policy: policy, tls: tls)
    }

    /// Monotonic, as of the last tick: ages of connections to upstreams are seconds, and a call reads no clock for them.
    func nowMilliseconds() -> UInt64 { lastTick }

    /// How long this loop has served, as of the last tick: deadlines of clients and calls are counted in it. Time in which the process stood
    /// still (stopped by a signal, a machine that was paused) is not in it: nobody was served then, and nobody came too late.
    func servedMilliseconds() -> UInt64 { served }

    func nextRequestID() -> RequestID { ids.next() }

    /// Whether another client may come in; one that may not is counted.
    func admitsClient() -> Bool {
        let admits = clients.count < limits.connections && !isStopped
        if admits { metrics.connectionsAccepted &+= 1 } else { metrics.connectionsRefused &+= 1 }
        return admits
    }

    /// The client is ours until `remove`.
    func add(_ client: ClientHandler) { clients[ObjectIdentifier(client)] = client }

    func remove(_ client: ClientHandler) { clients[ObjectIdentifier(client)] = nil }

    /// Calls that are under way.
    var busyCount: Int { clients.values.reduce(0) { $0 + ($1.isBusy ? 1 : 0) } }

    /// The key as this loop uses it.
    func route(for key: LiveKey, now: UInt64) -> KeyRoute {
        if let route = routes[ObjectIdentifier(key)] {
            route.lastUse = now
            return route
        }
        let poolKey = PoolKey(key)
        let pool = pools[poolKey] ?? makePool(poolKey)
        pools[poolKey] = pool
        let route = KeyRoute(key: key, pool: pool, calls: metrics.calls(of: key), now: now)
        routes[ObjectIdentifier(key)] = route
        return route
    }

    /// Rare, so that looking for the account's other pools costs nothing that counts.
    private func makePool(_ key: PoolKey) -> UpstreamPool {
        let share = pools.first { $0.key.accountID == key.accountID }?.value.share ?? idleBudget.makeShare()
        return UpstreamPool(key: key, limits: limits, share: share)
    }

    /// Gives up connections to upstreams that no call uses.
    func releaseIdleConnections() {
        for pool in pools.values { pool.closeAll() }
    }

    /// Refuses new calls; connections without one close.
    func drain() {
        isDraining = true
        for client in clients.values { client.beginDrain() }
    }

    /// Closes everything.
    func stop() {
        isStopped = true
        isDraining = true
        entrance.close()
        for client in clients.values { client.stop() }
        for pool in pools.values { pool.retire() }
        routes = [:]
        pools = [:]
        slab.wipeAll()
        logSummary()
    }

    /// Looks at deadlines, sessions and pools; to be called every `tickMilliseconds`. Not by a timer of this event loop: one that has a
    /// timer sets the kernel's clock before it waits, which a single call would feel.
    func tick() {
        guard !isStopped else { return }
        let now = sessions.monotonicMilliseconds()
        served += min(now &- lastTick, Self.stillMilliseconds)
        lastTick = now
        let seconds = sessions.clock()
        for client in clients.values { client.tick(milliseconds: served, seconds: seconds) }
        for pool in pools.values { pool.tick(now: now) }
        if now >= lastSummary + UInt64(limits.logSummarySeconds) * 1_000 {
            lastSummary = now
            logSummary()
        }
        if now >= lastSweep + 10_000 {
            lastSweep = now
            sweep(now)
        }
    }

    private func sweep(_ now: UInt64) {
        let age = UInt64(limits.poolAgeSeconds) * 1_000
        routes = routes.filter { !$0.value.key.isEnded && now < $0.value.lastUse + age }
        let used = Set(routes.values.map { ObjectIdentifier($0.pool) })
        for (key, pool) in pools where !used.contains(ObjectIdentifier(pool)) {
            pool.retire()
            pools[key] = nil
        }
    }
}
