/// Where a client connects: a Unix socket, or a scheme, host and port.
package struct HTTPOrigin: Sendable, Hashable, CustomStringConvertible {
    package enum Endpoint: Sendable, Hashable {
        /// HTTP over a Unix stream socket; 1 to 107 bytes of path.
        case unix(path: String)
        /// HTTP in clear text.
        case http(HTTPHost, port: UInt16)
        /// HTTP over TLS.
        case https(HTTPHost, port: UInt16)
    }

    package let endpoint: Endpoint

    /// Reads `unix:PATH`, `http://HOST[:PORT]` or `https://HOST[:PORT]`; one slash at the end is allowed, nothing else after the port.
    /// - Throws: `.invalidURL` for every other form: user names, paths, queries, fragments, port 0, hosts `HTTPHost` refuses.
    package static func parse(_ text: String) throws(HTTPTransportError) -> HTTPOrigin {
        if let path = text.withoutPrefix("unix:") {
            guard (1...longestSocketPath).contains(path.utf8.count), !path.utf8.contains(0) else {
                throw .invalidURL(reason: "a socket path has 1 to \(longestSocketPath) bytes")
            }
            return HTTPOrigin(endpoint: .unix(path: String(path)))
        }
        if let rest = text.withoutPrefix("https://") {
            let (host, port) = try authority(rest)
            return HTTPOrigin(endpoint: .https(host, port: port ?? 443))
        }
        if let rest = text.withoutPrefix("http://") {
            let (host, port) = try authority(rest)
            return HTTPOrigin(endpoint: .http(host, port: port ?? 80))
        }
        throw .invalidURL(reason: "it starts with none of unix:, http://, https://")
    }

    /// The text a login signature covers: `unix` for a socket, else scheme, host and explicit port (`https://broker.example:443`).
    package var loginOrigin: String {
        switch endpoint {
        case .unix: "unix"
        case .http(let host, let port): "http://\(host.urlText):\(port)"
        case .https(let host, let port): "https://\(host.urlText):\(port)"
        }
    }

    /// The origin as people write it; `parse` reads it back to an equal value.
    package var description: String {
        if case .unix(let path) = endpoint { "unix:\(path)" } else { loginOrigin }
    }

    /// Whether what is sent stays on this machine.
    package var isLocal: Bool {
        switch endpoint {
        case .unix: true
        case .http(let host, _), .https(let host, _): host.isLoopback
        }
    }

    /// Whether an observer of the network reads what is sent.
    package var isPlaintextOnNetwork: Bool {
        if case .http(let host, _) = endpoint { !host.isLoopback } else { false }
    }

    var isTLS: Bool {
        if case .https = endpoint { true } else { false }
    }

    // sockaddr_un.sun_path holds 108 bytes with the zero at the end: unix(7).
    private static let longestSocketPath = 107

    private static func authority(_ text: Substring) throws(HTTPTransportError) -> (HTTPHost, UInt16?) {
        let text = text.hasSuffix("/") ? text.dropLast() : text
        guard let colon = text.lastIndex(of: ":"), !text.hasSuffix("]") else { return (try HTTPHost(text), nil) }
        let digits = text[text.index(after: colon)...]
        guard (1...5).contains(digits.utf8.count), digits.utf8.allSatisfy({ (48...57).contains($0) }), let port = UInt16(digits), port > 0
        else {
            throw .invalidURL(reason: "a port is a number from 1 to 65535")
        }
        return (try HTTPHost(text[..<colon]), port)
    }
}

extension String {
    fileprivate func withoutPrefix(_ prefix: String) -> Substring? {
        hasPrefix(prefix) ? dropFirst(prefix.count) : nil
    }
}
