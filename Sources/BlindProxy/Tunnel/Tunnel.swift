/// A connection that left HTTP for a WebSocket: its frames, its halves and its clocks, without sockets.
struct Tunnel {
    /// The upstream's frames; the client's are masked and of no concern.
    var frames = WebSocketFrames()
    /// Bytes came since the last look at the clocks.
    var hasMoved = false
    /// The client sends no more.
    private(set) var clientHasEnded = false
    /// The upstream sends no more.
    private(set) var upstreamHasEnded = false
    /// Milliseconds of `ProxyLoop.servedMilliseconds` of the last look at which bytes had come.
    private var lastMove: UInt64
    private var stalledSince: UInt64?
    private var endedSince: UInt64?

    init(now: UInt64) { lastMove = now }

    /// Whether one half ended properly: the connection's end is then not a cancellation.
    var isEnding: Bool { clientHasEnded || upstreamHasEnded }

    mutating func endClient() { clientHasEnded = true }

    mutating func endUpstream() { upstreamHasEnded = true }

    /// Whether the tunnel has been silent, or one side has taken or sent nothing, for too long. To be asked a few times a second.
    /// - Parameters:
    ///   - now: milliseconds of `ProxyLoop.servedMilliseconds`.
    ///   - isStalled: one side does not take what the other sent.
    mutating func isOverdue(now: UInt64, isStalled: Bool, limits: ProxyLimits) -> Bool {
        if hasMoved { lastMove = now }
        hasMoved = false
        stalledSince = isStalled ? stalledSince ?? now : nil
        if isEnding { endedSince = endedSince ?? now }
        func isPast(_ start: UInt64?, _ seconds: Int) -> Bool { start.map { now >= $0 + UInt64(max(0, seconds)) * 1_000 } ?? false }
        return isPast(lastMove, limits.tunnelIdleSeconds) || isPast(stalledSince, limits.sendSeconds)
            || isPast(endedSince, limits.tunnelHalfSeconds)
    }
}
