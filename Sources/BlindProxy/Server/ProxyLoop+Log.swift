import Logging
import Model
import Sessions

// Fixed texts and the fields of `LogField`: nothing a peer sent. Single calls are for `debug`; what an operator should see comes as a sum
// now and then, so that no stranger fills the log.
extension ProxyLoop {
    /// One line about a call that ended.
    func log(_ call: Call, status: UInt16) {
        guard logsCalls else { return }
        let key = call.grant.key
        write(
            .debug, "call",
            [
                .requestID: "\(call.requestID.string)", .status: "\(status)", .accountID: "\(key.accountID)",
                .sessionID: "\(call.grant.session.id)", .keyID: "\(key.id)", .keyVersion: "\(key.version)", .bytesUp: "\(call.bytesUp)",
                .bytesDown: "\(call.bytesDown)", .redactions: "\(call.scanner?.redactions ?? 0)",
                .exposureMicroseconds: "\(call.exposureNanoseconds / 1_000)",
            ])
    }

    /// One line about a request that was refused.
    func log(_ error: ProxyError, _ id: RequestID) {
        guard logsCalls else { return }
        write(.debug, "refused", [.requestID: "\(id.string)", .status: "\(error.status)", .code: "\(error.code)"])
    }

    /// One line for each kind of refusal and failure since the last summary, and one for echoes of keys.
    func logSummary() {
        let now = LogSummary(metrics)
        for (code, count) in now.refused.subtracting(summarized.refused) {
            write(.info, "requests refused", [.code: "\(code)", .count: "\(count)"])
        }
        for (code, count) in now.failed.subtracting(summarized.failed) {
            write(.info, "calls failed", [.code: "\(code)", .count: "\(count)"])
        }
        if now.redactions > summarized.redactions {
            write(.notice, "echoes of keys redacted", [.count: "\(now.redactions - summarized.redactions)"])
        }
        let turnedAway = now.connectionsRefused - summarized.connectionsRefused
        if turnedAway > 0 { write(.warning, "client connections refused, there are enough", [.count: "\(turnedAway)"]) }
        summarized = now
    }

    private func write(_ level: Logger.Level, _ text: StaticString, _ fields: [LogField: Logger.MetadataValue]) {
        var metadata = Logger.Metadata(minimumCapacity: fields.count)
        for (field, value) in fields { metadata[field.rawValue] = value }
        logger.log(level: level, "\(text)", metadata: metadata)
    }
}
