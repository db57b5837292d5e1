/// A set of header names: one word, so that a test is a shift and a mask.
package struct HeaderNameSet: OptionSet, Sendable {
    package let rawValue: UInt64

    package init(rawValue: UInt64) { self.rawValue = rawValue }

    /// The set of one name.
    @inline(__always)
    package init(_ name: HeaderName) { rawValue = 1 &<< UInt64(name.rawValue) }

    /// The set of `names`.
    package init(names: [HeaderName]) { self = names.reduce(into: HeaderNameSet()) { $0.formUnion(HeaderNameSet($1)) } }

    /// Whether `name` is in the set.
    @inline(__always)
    package func contains(_ name: HeaderName) -> Bool { (rawValue &>> UInt64(name.rawValue)) & 1 != 0 }

    /// Names that end at this hop whether or not `Connection` lists them, framing included: the writer of a head makes its own.
    /// RFC 9110 section 7.6.1; `Proxy-*` and `Keep-Alive` from RFC 2616 section 13.5.1, `HTTP2-Settings` from RFC 7540 section 3.2.1.
    package static let hopByHop = HeaderNameSet(names: [
        .connection, .keepAlive, .proxyConnection, .te, .trailer, .transferEncoding, .upgrade, .http2Settings, .proxyAuthenticate,
        .proxyAuthorization,
    ])

    /// Names in which an SDK may carry a session token.
    package static let credentials = HeaderNameSet(names: [.authorization, .xApiKey, .apiKey, .xGoogApiKey, .xAmzSecurityToken])

    /// Names that say where a request came from.
    package static let forwarding = HeaderNameSet(names: [.forwarded, .xForwarded, .xRealIP, .via, .clientAddress])

    /// Names only a browser sends, for its own site.
    package static let browser = HeaderNameSet(names: [.cookie, .origin, .referer, .secFetch])

    /// Names by which some servers let a header replace the method or the target a policy was checked against.
    package static let overrides = HeaderNameSet(names: [.methodOverride, .targetOverride])

    /// Names of an upstream's answer that act on the client's origin or its connection to us.
    package static let upstreamOnly = HeaderNameSet(names: [
        .setCookie, .accessControl, .altSvc, .clearSiteData, .strictTransportSecurity, .tacit, .refresh,
    ])
}
