package import Measures
import Model
import Sessions

extension Broker: MetricsSource {
    /// Sessions and readiness, as they are known without asking the store or the KEK.
    package func metrics() async -> MetricsText {
        let readiness = readiness
        var text = MetricsText()
        text.family("tacit_ready", .gauge, "1 where /readyz says ready.")
        text.sample(readiness.status == "ready" ? 1 : 0)
        text.family("tacit_kek_reachable", .gauge, "1 where the KEK answered when it was asked last.")
        text.sample(readiness.kek == "ok" ? 1 : 0)
        text.family("tacit_memory_locked", .gauge, "1 where all memory stays out of swap.")
        text.sample(readiness.memoryLocked ? 1 : 0)
        text.family("tacit_integrity_faults", .gauge, "Stored rows that did not verify.")
        text.sample(UInt64(readiness.integrity.count))
        text.family("tacit_sessions", .gauge, "Sessions that could be used now.")
        text.sample(UInt64(clamping: sessions.usableCount()))
        return text
    }

    /// Lets the operator read the metrics (`metrics`); never audited, because scrapes come every few seconds and tell nothing secret.
    package func allowMetrics(_ call: Call) throws(BrokerError) { try call.requireOperator() }
}
