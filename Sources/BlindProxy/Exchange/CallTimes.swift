/// Where the time of one call went: our own share of it, and the wait for the upstream. Monotonic nanoseconds.
///
/// Our share ("added latency") is the time between the arrival of a head that is then whole and its hand-over to the other side's
/// socket, both ways. Dialling, the upstream's work and the time a client takes to read are not ours.
struct CallTimes: Equatable {
    /// Since when the call is in our hands; `nil` while it waits for others.
    private var workingSince: UInt64?
    private var worked: UInt64 = 0
    private var handedOverAt: UInt64 = 0
    private var answeredAt: UInt64 = 0
    /// Whether `sendAnswerHead` had its answer.
    private(set) var isAnswerSent = false

    /// - Parameter start: when the request's head was whole.
    init(start: UInt64) {
        workingSince = start
    }

    /// The call waits for a connection.
    mutating func pause(at now: UInt64) {
        guard let since = workingSince else { return }
        worked &+= Self.span(since, now)
        workingSince = nil
    }

    /// The call goes on; nothing where it did not wait.
    mutating func resume(at now: UInt64) {
        if workingSince == nil { workingSince = now }
    }

    /// The request's head is with the upstream's socket.
    mutating func handOver(at now: UInt64) {
        pause(at: now)
        handedOverAt = now
    }

    /// Bytes came that belong to the answer's head; the last ones make it whole.
    mutating func readAnswerHead(at now: UInt64) {
        answeredAt = now
        workingSince = now
    }

    /// What the head of the answer says about the call: our share until that head came, and the upstream's. No clock is read for it.
    var timing: ServerTiming { ServerTiming(tacitNanoseconds: worked, upstreamNanoseconds: Self.span(handedOverAt, answeredAt)) }

    /// The answer's head is with the client's socket.
    /// - Returns: our whole share; `nil` where it was returned before, or no answer was read.
    mutating func sendAnswerHead(at now: UInt64) -> UInt64? {
        guard !isAnswerSent, answeredAt > 0 else { return nil }
        isAnswerSent = true
        pause(at: now)
        return worked
    }

    private static func span(_ from: UInt64, _ to: UInt64) -> UInt64 { to > from ? to &- from : 0 }
}
