import Measures

extension ProxyMetrics {
    /// The families of the data plane. The words are those of Docs/DESIGN.md, section 8.
    var text: MetricsText {
        var text = MetricsText()
        writeCalls(&text)
        writeTimes(&text)
        writeConnections(&text)
        return text
    }

    private func writeCalls(_ text: inout MetricsText) {
        text.family(
            "tacit_requests_total", .counter,
            "Calls that passed every check and ended, by account id, alias and the HTTP status the client saw (499: it left before one).")
        let rows = calls.map { (id: $0.key.id, status: $0.key.status, count: $0.value) }
        for row in rows.sorted(by: { ($0.id.account, $0.id.alias, $0.status) < ($1.id.account, $1.id.alias, $1.status) }) {
            text.sample(row.count, ("account", row.id.account), ("alias", row.id.alias), ("status", row.status))
        }
        text.family("tacit_refused_requests_total", .counter, "Requests refused before a key or an upstream was touched, by error code.")
        Self.write(refused, &text)
        text.family(
            "tacit_failed_calls_total", .counter,
            "Calls that passed every check and did not end with the upstream's whole answer: by the error code sent instead, cut_off where it had begun, client_closed where the client left."
        )
        Self.write(failed, &text)
        text.family("tacit_body_bytes_total", .counter, "Bytes of bodies of calls that ended, to upstreams (up) and to clients (down).")
        text.sample(bytesUp, ("direction", "up"))
        text.sample(bytesDown, ("direction", "down"))
        text.family("tacit_redactions_total", .counter, "Echoes of keys that were overwritten in answers.")
        text.sample(redactions)
        text.family("tacit_active_calls", .gauge, "Calls under way.")
        text.sample(activeCalls)
        text.family("tacit_active_streams", .gauge, "Calls under way whose answer has begun.")
        text.sample(activeStreams)
    }

    private func writeTimes(_ text: inout MetricsText) {
        text.family(
            "tacit_exposure_seconds", .histogram,
            "Time from the start of opening a key to the wipe of its last copy, per call that opened one.")
        text.histogram(exposure)
        text.family(
            "tacit_added_latency_seconds", .histogram,
            "Time this process worked on a call: from the request's whole head to its hand-over, and from the answer's whole head to its hand-over; without dialling and the upstream."
        )
        text.histogram(added)
    }

    private func writeConnections(_ text: inout MetricsText) {
        text.family("tacit_client_connections", .gauge, "Connections of clients to the proxy.")
        text.sample(clientConnections)
        text.family("tacit_client_connections_accepted_total", .counter, "Connections of clients that were taken.")
        text.sample(connectionsAccepted)
        text.family("tacit_client_connections_refused_total", .counter, "Connections of clients closed at once because of the limit.")
        text.sample(connectionsRefused)
        text.family("tacit_upstream_connections", .gauge, "Connections to upstreams, in use or not.")
        text.sample(upstreamConnections)
        text.family("tacit_upstream_connections_idle", .gauge, "Connections to upstreams that wait in a pool.")
        text.sample(idleConnections)
        text.family("tacit_upstream_dials_total", .counter, "Times a connection to an upstream was sought because the pool had none.")
        text.sample(dials)
        text.family("tacit_upstream_dial_failures_total", .counter, "Dials that led to no usable connection, by error code.")
        Self.write(dialFailures, &text)
    }

    private static func write(_ counts: [String: UInt64], _ text: inout MetricsText) {
        for (code, count) in counts.sorted(by: { $0.key < $1.key }) { text.sample(count, ("code", code)) }
    }
}
