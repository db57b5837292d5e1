/// How much of everything the proxy accepts. Times are seconds unless named otherwise.
package struct ProxyLimits: Sendable, Equatable {
    /// Bytes of a request or response head.
    package var headBytes = 65_536
    /// From the first byte of a head to its last; a client slower than this is closed.
    package var headSeconds = 10
    /// Between requests on one client connection.
    package var idleSeconds = 75
    /// Without a byte of an announced request body.
    package var bodySeconds = 60
    /// A client that waits for a 100 gets one of ours after this many milliseconds without one of the upstream's.
    package var continueMilliseconds = 1_000
    /// Without progress while the client does not take bytes of a response.
    package var sendSeconds = 60
    /// Client connections per event loop; one more is closed as soon as it is accepted, and counted in the log.
    package var connections = 16_384
    /// From the call to a verified connection to the upstream, the time for its name included.
    package var connectSeconds = 10
    /// From the last byte of the request to the first of the answer, and between bytes of it.
    package var upstreamSeconds = 600
    /// Without a byte in either direction of a WebSocket; pings count.
    package var tunnelIdleSeconds = 600
    /// From the end of one half of a WebSocket's connection to that of the other.
    package var tunnelHalfSeconds = 10
    /// A pooled connection without a call.
    package var poolIdleSeconds = 60
    /// A pooled connection as a whole.
    package var poolAgeSeconds = 600
    /// Idle connections kept for one key on one event loop.
    package var poolConnections = 1_024
    /// Idle connections kept for all keys on one event loop.
    package var idleConnections = 16_384
    /// Unread request body that is taken and dropped after an early answer, so that the client reads it; beyond, the connection closes.
    package var drainBytes = 262_144
    /// Between summaries of refusals in the log.
    package var logSummarySeconds = 60

    package init() {}
}
