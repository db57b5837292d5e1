/// Where a provider key may go: authenticated together with it (FORMAT section 3).
package struct Destination: Hashable, Sendable {
    package enum Scheme: UInt8, Sendable, Codable { case https = 1, http = 2 }

    package let scheme: Scheme
    package let host: HostName
    /// 1 to 65 535, also where it is the scheme's default.
    package let port: UInt16
    /// `nil` where the provider's paths start at the root.
    package let basePath: PathPrefix?
    /// After the base path; empty: every path.
    package let allowedPrefixes: [PathPrefix]
    /// After the base path; win over the allowed ones.
    package let deniedPrefixes: [PathPrefix]
    package let allowsPrivateAddresses: Bool
    package let allowsPlaintext: Bool

    /// - Throws: `.invalidDestination` for port 0, `http` without `allowsPlaintext`, or more than 256 prefixes. Prefixes are sorted and
    ///   made unique.
    package init(
        scheme: Scheme, host: HostName, port: UInt16, basePath: PathPrefix?, allowedPrefixes: [PathPrefix] = [],
        deniedPrefixes: [PathPrefix] = [], allowsPrivateAddresses: Bool = false, allowsPlaintext: Bool = false
    ) throws(ModelError) {
        guard port != 0 else { throw ModelError(.invalidDestination, "a port is 1 to 65535") }
        guard scheme == .https || allowsPlaintext else {
            throw ModelError(
                .invalidDestination, "an http: destination sends the key in the clear; add --allow-plaintext-destination to mean it")
        }
        guard allowedPrefixes.count <= 256, deniedPrefixes.count <= 256 else {
            throw ModelError(.invalidDestination, "more than 256 path prefixes")
        }
        self.scheme = scheme
        self.host = host
        self.port = port
        self.basePath = basePath
        self.allowedPrefixes = Set(allowedPrefixes).sorted()
        self.deniedPrefixes = Set(deniedPrefixes).sorted()
        self.allowsPrivateAddresses = allowsPrivateAddresses
        self.allowsPlaintext = allowsPlaintext
    }

    /// Reads `https://host[:port][/base/path]`; user info, query and fragment are refused.
    package init(
        url: String, allowedPrefixes: [PathPrefix] = [], deniedPrefixes: [PathPrefix] = [], allowsPrivateAddresses: Bool = false,
        allowsPlaintext: Bool = false
    ) throws(ModelError) {
        let scheme: Scheme
        let rest: Substring
        if url.lowercased().hasPrefix("https://") {
            (scheme, rest) = (.https, url.dropFirst(8))
        } else if url.lowercased().hasPrefix("http://") {
            (scheme, rest) = (.http, url.dropFirst(7))
        } else {
            throw ModelError(.invalidDestination, "\(url) is not an http(s) URL")
        }
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        let authority = rest[..<slash]
        let path = rest[slash...]
        guard !authority.contains("@"), !authority.contains("?"), !authority.contains("#") else {
            throw ModelError(.invalidDestination, "a base URL has no user, query or fragment")
        }
        var host = authority
        var port: UInt16 = scheme == .https ? 443 : 80
        let afterBracket = authority.firstIndex(of: "]") ?? authority.startIndex
        if let colon = authority[afterBracket...].lastIndex(of: ":") {
            let digits = authority[authority.index(after: colon)...]
            guard digits.utf8.allSatisfy({ (48...57).contains($0) }), let value = UInt16(digits) else {
                throw ModelError(.invalidDestination, "\(digits) is not a port")
            }
            port = value
            host = authority[..<colon]
        }
        let isRoot = path.allSatisfy { $0 == "/" }
        try self.init(
            scheme: scheme, host: HostName(host), port: port, basePath: isRoot ? nil : PathPrefix(path), allowedPrefixes: allowedPrefixes,
            deniedPrefixes: deniedPrefixes, allowsPrivateAddresses: allowsPrivateAddresses, allowsPlaintext: allowsPlaintext)
    }

    /// `https://host[:port][/base/path]`, the port left out where it is the scheme's default.
    package var url: String {
        let isDefault = port == (scheme == .https ? 443 : 80)
        return (scheme == .https ? "https://" : "http://") + host.urlText + (isDefault ? "" : ":\(port)") + (basePath?.text ?? "")
    }
}

extension Destination: Codable {
    private enum CodingKeys: String, CodingKey {
        case url, allowedPaths, deniedPaths, allowPrivate, allowPlaintext
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        do {
            try self.init(
                url: container.decode(String.self, forKey: .url),
                allowedPrefixes: container.decode([PathPrefix].self, forKey: .allowedPaths),
                deniedPrefixes: container.decode([PathPrefix].self, forKey: .deniedPaths),
                allowsPrivateAddresses: container.decode(Bool.self, forKey: .allowPrivate),
                allowsPlaintext: container.decode(Bool.self, forKey: .allowPlaintext))
        } catch let error as ModelError {
            throw DecodingError.dataCorruptedError(forKey: .url, in: container, debugDescription: error.reason)
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(url, forKey: .url)
        try container.encode(allowedPrefixes, forKey: .allowedPaths)
        try container.encode(deniedPrefixes, forKey: .deniedPaths)
        try container.encode(allowsPrivateAddresses, forKey: .allowPrivate)
        try container.encode(allowsPlaintext, forKey: .allowPlaintext)
    }
}
