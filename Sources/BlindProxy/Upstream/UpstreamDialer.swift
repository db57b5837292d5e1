import Model
import NIOCore
import NIOPosix
import NIOSSL

/// Opens connections on one event loop: resolve, check every address, dial the checked ones in turn, verify TLS.
final class UpstreamDialer {
    private let loop: ProxyLoop
    private let resolver: NameResolver
    private let policy: AddressPolicy
    private let tls: NIOSSLContext
    /// Dials under way.
    private var underWay = 0
    private var byAccount: [AccountID: Int] = [:]

    init(loop: ProxyLoop, resolver: NameResolver, policy: AddressPolicy, tls: NIOSSLContext) {
        self.loop = loop
        self.resolver = resolver
        self.policy = policy
        self.tls = tls
    }

    /// Dials; `done` is called once, on the loop, with a connection that is ready for a head.
    func dial(_ pool: UpstreamPool, _ done: @escaping (Result<UpstreamHandler, ProxyError>) -> Void) {
        let host = pool.destination.host
        let deadline = loop.servedMilliseconds() + UInt64(loop.limits.connectSeconds) * 1_000
        loop.metrics.dials &+= 1
        let account = pool.accountID
        let done: (Result<UpstreamHandler, ProxyError>) -> Void = { result in
            self.giveBack(account)
            if case .failure(let error) = result { self.loop.metrics.countDialFailure(error.code) }
            done(result)
        }
        guard take(account) else { return done(.failure(.dialsBusy)) }
        if host.kind == .name {
            resolver.resolve(host.text, for: pool.accountID, on: loop.eventLoop).assumeIsolated().whenComplete { result in
                switch result {
                case .success(let addresses): self.dial(pool, addresses, deadline: deadline, done)
                case .failure(NameResolver.Failure.timedOut): done(.failure(.resolveTimeout))
                case .failure(NameResolver.Failure.refused): done(.failure(.resolverBusy))
                case .failure: done(.failure(.resolveFailed))
                }
            }
        } else {
            dial(pool, IPAddress(host.text).map { [$0] } ?? [], deadline: deadline, done)
        }
    }

    /// Counts a dial of an account, which may outlive its call; `giveBack` undoes it.
    /// - Returns: whether there is room: a loop dials no more than it takes clients, and an account a quarter of that.
    private func take(_ account: AccountID) -> Bool {
        underWay += 1
        byAccount[account, default: 0] += 1
        return underWay <= loop.limits.connections && byAccount[account, default: 0] <= max(64, loop.limits.connections / 4)
    }

    private func giveBack(_ account: AccountID) {
        underWay -= 1
        let left = byAccount[account, default: 1] - 1
        byAccount[account] = left > 0 ? left : nil
    }

    private func dial(
        _ pool: UpstreamPool, _ addresses: [IPAddress], deadline: UInt64, _ done: @escaping (Result<UpstreamHandler, ProxyError>) -> Void
    ) {
        guard !addresses.isEmpty else { return done(.failure(.resolveFailed)) }
        let destination = pool.destination
        let allowed = addresses.filter {
            policy.judge($0, port: Int(destination.port), allowsPrivate: destination.allowsPrivateAddresses) == .allowed
        }
        guard !allowed.isEmpty else { return done(.failure(.destinationRefused)) }
        attempt(pool, DialOrder.alternating(allowed)[...], deadline: deadline, done)
    }

    private func attempt(
        _ pool: UpstreamPool, _ addresses: ArraySlice<IPAddress>, deadline: UInt64,
        _ done: @escaping (Result<UpstreamHandler, ProxyError>) -> Void
    ) {
        let now = loop.servedMilliseconds()
        guard let address = addresses.first, let target = try? address.socketAddress(port: Int(pool.destination.port)) else {
            return done(.failure(.unreachable))
        }
        guard deadline > now else { return done(.failure(.connectTimeout)) }
        let patience = DialOrder.patience(millisecondsLeft: deadline - now, addresses: addresses.count)
        let upstream = UpstreamHandler(loop: loop, pool: pool)
        upstream.onReady = { error in
            if let error { done(.failure(error)) } else { done(.success(upstream)) }
        }
        let bound = NIOLoopBound(upstream, eventLoop: loop.eventLoop)
        let tlsBound = NIOLoopBound(self, eventLoop: loop.eventLoop)
        ClientBootstrap(group: loop.eventLoop)
            .connectTimeout(.milliseconds(Int64(patience)))
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelOption(.recvAllocator, value: ConnectionTuning.receive)
            .channelOption(.maxMessagesPerRead, value: ConnectionTuning.readsPerTurn)
            .channelOption(.writeBufferWaterMark, value: ConnectionTuning.writeMarks)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try tlsBound.value.prepare(channel, bound.value)
                }
            }
            .connect(to: target)
            .assumeIsolated()
            .whenComplete { result in
                switch result {
                case .success: upstream.limitHandshake(milliseconds: patience)
                case .failure(let error):
                    guard upstream.onReady != nil else { return }
                    upstream.onReady = nil
                    guard !(error is NIOSSLError) else { return done(.failure(.upstreamTLS)) }
                    self.attempt(pool, addresses.dropFirst(), deadline: deadline, done)
                }
            }
    }

    private func prepare(_ channel: any Channel, _ upstream: UpstreamHandler) throws {
        let destination = upstream.pool.destination
        if destination.scheme == .https {
            // Without a name the address itself is looked for among the certificate's.
            let name = destination.host.kind == .name ? destination.host.text : nil
            let gate = FlushGate()
            try channel.pipeline.syncOperations.addHandler(gate)
            upstream.gate = gate
            try channel.pipeline.syncOperations.addHandler(
                NIOSSLClientHandler(context: tls, serverHostname: name, configuration: ConnectionTuning.tls))
        }
        try channel.pipeline.syncOperations.addHandler(upstream)
    }
}
