import HTTPWire

/// The `Host` values the proxy answers to: the listener's address and port, `localhost` where that is loopback, and the operator's origins.
struct HostNames: Sendable {
    private struct Name: Hashable, Sendable {
        /// Lower case, an IPv6 address in brackets.
        let host: String
        let port: Int
    }

    private let names: [(host: [UInt8], port: UInt16)]
    private let defaultPort: UInt16

    /// - Parameters:
    ///   - bound: where the listener stands; for a wildcard address only the origins and loopback names count.
    ///   - isTLS: decides which port a value without one means.
    ///   - origins: `scheme://host[:port]`.
    init(bound: BoundAddress, isTLS: Bool, origins: [String]) {
        defaultPort = isTLS ? 443 : 80
        var found: Set<Name> = []
        let address = IPAddress(bound.host)
        let isWildcard = address == .v4(0) || address == .v6(0, 0)
        if isWildcard || Self.isLoopback(bound.host, address) {
            for host in ["localhost", "127.0.0.1", "[::1]"] { found.insert(Name(host: host, port: bound.port)) }
        }
        if !isWildcard {
            found.insert(Name(host: bound.host.contains(":") ? "[\(bound.host)]" : bound.host.lowercased(), port: bound.port))
        }
        for origin in origins {
            if let name = Self.authority(of: origin) { found.insert(name) }
        }
        names = found.map { (Array($0.host.utf8), UInt16(clamping: $0.port)) }
    }

    /// Whether a `Host` field names us.
    /// - Parameter bytes: the head's.
    func accept(_ host: HostValue, _ bytes: Span<UInt8>) -> Bool {
        let port = host.port ?? defaultPort
        for at in names.indices where names[at].port == port && names[at].host.count == host.name.count {
            var isEqual = true
            for index in 0..<host.name.count {
                let byte = bytes[host.name.lowerBound + index]
                let lower = (65...90).contains(byte) ? byte | 32 : byte
                if lower != names[at].host[index] { isEqual = false }
            }
            if isEqual { return true }
        }
        return false
    }

    /// Whether only this machine reaches a listener on `host`.
    static func isLoopback(_ host: String, _ address: IPAddress?) -> Bool {
        switch address {
        case .v4(let number): number >> 24 == 127
        case .v6(let high, let low): high == 0 && low == 1
        case nil: host.lowercased() == "localhost"
        }
    }

    private static func authority(of origin: String) -> Name? {
        let lower = origin.lowercased()
        let isTLS = lower.hasPrefix("https://")
        guard isTLS || lower.hasPrefix("http://") else { return nil }
        let rest = lower.dropFirst(isTLS ? 8 : 7).prefix { $0 != "/" }
        let afterBracket = rest.firstIndex(of: "]") ?? rest.startIndex
        guard let colon = rest[afterBracket...].lastIndex(of: ":") else { return Name(host: String(rest), port: isTLS ? 443 : 80) }
        guard let port = Int(rest[rest.index(after: colon)...]) else { return nil }
        return Name(host: String(rest[..<colon]), port: port)
    }
}
