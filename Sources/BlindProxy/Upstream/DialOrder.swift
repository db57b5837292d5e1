/// In which order addresses are tried, and for how long each.
enum DialOrder {
    /// The families in turn, beginning with the one the system prefers (RFC 8305, section 4), so that a family that leads nowhere costs
    /// one attempt before the other one is tried.
    static func alternating(_ addresses: [IPAddress]) -> [IPAddress] {
        guard let first = addresses.first else { return [] }
        let preferred = addresses.filter { $0.isIPv4 == first.isIPv4 }
        let other = addresses.filter { $0.isIPv4 != first.isIPv4 }
        return (0..<max(preferred.count, other.count)).flatMap { index in
            [preferred, other].compactMap { index < $0.count ? $0[index] : nil }
        }
    }

    /// Milliseconds for the first of `count` addresses: an equal share of what is left, between one second and three while others wait.
    static func patience(millisecondsLeft left: UInt64, addresses count: Int) -> UInt64 {
        guard count > 1 else { return left }
        return min(left, min(3_000, max(1_000, left / UInt64(count))))
    }
}
