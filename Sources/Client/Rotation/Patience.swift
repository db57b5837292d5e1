import HTTPTransport

/// How often a change is tried again: at once and often where another change came first, a few times with longer pauses where the broker
/// did not answer, because a value that cost a program outside its effort must not be lost to a restart.
struct Patience {
    private var conflicts = 0
    private var failures = 0
    private static let maximumConflicts = 30
    private static let failurePauses: [UInt64] = [250, 500, 1_000, 2_000, 4_000]

    /// Waits and says yes where trying again may help.
    mutating func allows(_ error: ClientError) async -> Bool {
        switch error {
        case .refused(409, "revision_conflict", _):
            conflicts += 1
            guard conflicts <= Self.maximumConflicts else { return false }
            await pause(milliseconds: UInt64.random(in: 0...min(UInt64(conflicts) * 10, 200)))
            return true
        case .transport(.unreachable, _), .transport(.protocolError, _), .transport(.timeout, _), .refused(503, "draining", _),
            .refused(503, "kek_unreachable", _), .refused(503, "kek_changed", _), .refused(503, "unavailable", _):
            guard failures < Self.failurePauses.count else { return false }
            await pause(milliseconds: Self.failurePauses[failures])
            failures += 1
            return true
        default: return false
        }
    }

    private func pause(milliseconds: UInt64) async {
        try? await Task.sleep(nanoseconds: milliseconds * 1_000_000)
    }
}
