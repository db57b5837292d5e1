/// How long a token lasts, and when something is to be done about it. Pure: the clock is the caller's.
struct VaultLease: Equatable, Sendable {
    /// What is to be done.
    enum Step: Equatable, Sendable {
        /// Nothing before that time, in seconds of the caller's clock.
        case wait(until: Double)
        case renew
        /// Renewing no longer gets what was asked for, or is not possible.
        case replace
    }

    /// Seconds of the caller's clock.
    let grantedAt: Double
    /// Seconds from `grantedAt`, rounded down: 0 also in the last second.
    let duration: Int
    let isRenewable: Bool
    /// What the first grant gave, in seconds: a renewal that gives less has met a limit. 0 for a token that never ends.
    let full: Int
    /// Where in the lease something is done: 0.5 to 0.7 of it, drawn once.
    let point: Double

    init(grantedAt: Double, duration: Int, isRenewable: Bool, full: Int? = nil, point: Double = Double.random(in: 0.5...0.7)) {
        self.grantedAt = grantedAt
        self.duration = duration
        self.isRenewable = isRenewable
        self.full = full ?? duration
        self.point = point
    }

    /// After a renewal.
    func renewed(at now: Double, duration: Int, isRenewable: Bool) -> VaultLease {
        VaultLease(grantedAt: now, duration: duration, isRenewable: isRenewable, full: full)
    }

    /// When it ends, in seconds of the caller's clock; `nil` for one that never does.
    var end: Double? { full == 0 ? nil : grantedAt + Double(duration) }

    /// Near the limit of its life a token is granted less and less; less than half of the first grant is the sign.
    var isShortened: Bool { full > 0 && duration * 2 <= full }

    func hasEnded(at now: Double) -> Bool { end.map { now >= $0 } ?? false }

    func step(at now: Double) -> Step {
        guard let end else { return .wait(until: .infinity) }
        let due = grantedAt + Double(duration) * point
        guard now >= due else { return .wait(until: due) }
        return isRenewable && now < end && !isShortened ? .renew : .replace
    }
}
