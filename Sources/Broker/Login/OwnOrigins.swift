import Synchronization

/// Under which origins the control plane may be dialled: what a login signature names, and what `Host` and `Origin` are checked against.
///
/// Ours are the listeners' addresses, `localhost` for loopback ones, and what the operator named with `--origin`. An origin is
/// `scheme://host:port` in lower case with the port always written; an IPv6 host stands in brackets.
package final class OwnOrigins: Sendable {
    private struct State {
        var listeners: Set<String> = []
    }

    /// What the operator named: browsers with such an `Origin` may call.
    package let named: Set<String>
    private let state = Mutex(State())

    /// - Parameter named: origins of `--origin`, with or without port.
    /// - Throws: `.malformed` with the one that is no origin.
    package init(named: [String]) throws(OriginError) {
        var all: Set<String> = []
        for text in named {
            guard let origin = Self.canonical(text) else { throw .malformed(text) }
            all.insert(origin)
        }
        self.named = all
    }

    /// Adds a listener once its port is known; a loopback address answers to `localhost` too.
    package func addListener(scheme: String, host: String, port: Int, isLoopback: Bool) {
        let bracketed = host.contains(":") && !host.hasPrefix("[") ? "[\(host)]" : host
        state.withLock { state in
            state.listeners.insert("\(scheme)://\(bracketed.lowercased()):\(port)")
            if isLoopback { state.listeners.insert("\(scheme)://localhost:\(port)") }
        }
    }

    /// Whether `origin`, the port always written, is one of ours.
    package func contains(_ origin: String) -> Bool {
        named.contains(origin) || state.withLock { $0.listeners.contains(origin) }
    }

    /// Whether a `Host` value on a connection of this scheme is one of ours. A host the operator named may come with or without port
    /// and over either scheme, because a TLS-ending proxy in front speaks for it.
    package func acceptsHost(_ host: String, scheme: String) -> Bool {
        let host = host.lowercased()
        guard let origin = Self.canonical("\(scheme)://\(host)") else { return false }
        if contains(origin) { return true }
        return ["https", "http"].contains { other in Self.canonical("\(other)://\(host)").map(named.contains) ?? false }
    }

    /// `scheme://host:port` from an origin with or without port; `nil` where it is none.
    package static func canonical(_ text: String) -> String? {
        let text = text.lowercased()
        let scheme: String
        if text.hasPrefix("https://") { scheme = "https" } else if text.hasPrefix("http://") { scheme = "http" } else { return nil }
        let authority = text.dropFirst(scheme.count + 3)
        guard !authority.isEmpty, authority.utf8.count <= 260, authority.utf8.allSatisfy(isAuthority) else { return nil }
        let host: Substring
        let port: Substring?
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]") else { return nil }
            let rest = authority[authority.index(after: end)...]
            guard rest.isEmpty || rest.hasPrefix(":") else { return nil }
            (host, port) = (authority[...end], rest.isEmpty ? nil : rest.dropFirst())
        } else {
            let parts = authority.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            host = parts[0]
            port = parts.count == 2 ? parts[1] : nil
            guard !host.isEmpty, !host.contains("["), !host.contains("]") else { return nil }
        }
        guard let port else { return "\(scheme)://\(host):\(scheme == "https" ? 443 : 80)" }
        guard let number = UInt16(port), number > 0, String(number) == port else { return nil }
        return "\(scheme)://\(host):\(number)"
    }

    private static func isAuthority(_ c: UInt8) -> Bool {
        (97...122).contains(c) || (48...57).contains(c) || c == 45 || c == 46 || c == 58 || c == 91 || c == 93 || c == 95
    }
}

/// Why an origin was refused.
package enum OriginError: Error, Equatable, CustomStringConvertible {
    case malformed(String)

    package var description: String {
        switch self {
        case .malformed(let text): "\(text) is not an origin such as https://tacit.example.com"
        }
    }
}
