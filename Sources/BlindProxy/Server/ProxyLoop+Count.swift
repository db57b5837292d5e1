import Audit
import Measures
import Sessions

extension ProxyLoop {
    /// Counts a call that ended, and logs it.
    /// - Parameter status: what the client saw; 499 where it left before it saw one.
    func count(_ call: Call, status: UInt16) {
        let key = call.grant.key
        let redactions = call.scanner?.redactions ?? 0
        usage.add(
            shard: index, accountID: key.accountID, sessionID: call.grant.session.id, keyID: key.id, version: key.version, status: status,
            bytesUp: call.bytesUp, bytesDown: call.bytesDown, redactions: redactions, exposureNanoseconds: call.exposureNanoseconds)
        call.route.calls.count(status)
        metrics.bytesUp &+= call.bytesUp
        metrics.bytesDown &+= call.bytesDown
        metrics.redactions &+= redactions
        log(call, status: status)
    }

    /// Counts a request that reached neither a key nor an upstream, and logs it.
    func countRefused(_ error: ProxyError, _ id: RequestID) {
        metrics.countRefused(error.code)
        log(error, id)
    }

    /// The last copy of the call's key was wiped just now.
    /// - Parameter started: when its opening began, in monotonic nanoseconds.
    func noteExposure(of call: Call, since started: UInt64) {
        let span = SystemClock.monotonicNanoseconds() &- started
        call.exposureNanoseconds = span
        metrics.exposure.record(nanoseconds: span)
    }

    /// Bytes of the call's answer went to the client's socket; the first time its head was among them.
    func noteAnswerSent(_ call: Call) {
        guard !call.times.isAnswerSent, let added = call.times.sendAnswerHead(at: SystemClock.monotonicNanoseconds()) else { return }
        metrics.added.record(nanoseconds: added)
    }
}
