package import Measures

extension BlindProxy: MetricsSource {
    /// What the event loops counted since the start; each is asked on its own thread, between two events. Nothing once it is stopped.
    package func metrics() async -> MetricsText {
        var all = ProxyMetrics()
        for part in await onEachLoop({ $0.snapshot() }) { all.add(part) }
        return all.text
    }
}

extension ProxyLoop {
    /// What this loop counted, and how things stand on it.
    func snapshot() -> ProxyMetrics {
        var snapshot = ProxyMetrics(metrics)
        for client in clients.values {
            snapshot.clientConnections &+= 1
            if client.isBusy { snapshot.activeCalls &+= 1 }
            if client.machine.answerHasBegun { snapshot.activeStreams &+= 1 }
        }
        for pool in pools.values { snapshot.idleConnections &+= UInt64(pool.idleCount) }
        return snapshot
    }
}
