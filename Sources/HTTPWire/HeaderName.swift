/// The header names a proxy treats specially; everything else is `other`.
///
/// Found once per field while the head is parsed, so that later decisions are integer compares. At most 64 cases: a
/// `HeaderNameSet` is one machine word.
package enum HeaderName: UInt8, Sendable, CaseIterable {
    /// Any name without special treatment.
    case other
    // Addressing and framing.
    case host, contentLength, transferEncoding, expect
    // Hop by hop: RFC 9110 section 7.6.1, and what practice added.
    case connection, keepAlive, proxyConnection, te, trailer, upgrade, http2Settings, proxyAuthenticate, proxyAuthorization
    // Where SDKs put a credential.
    case authorization, xApiKey, apiKey, xGoogApiKey, xAmzSecurityToken
    // What a browser adds.
    case cookie, origin, referer
    /// Any name that begins with `sec-fetch-`.
    case secFetch
    // Where a request came from.
    case forwarded, xRealIP, via
    /// Any name that begins with `x-forwarded-`.
    case xForwarded
    /// `true-client-ip`, `x-client-ip`, `x-cluster-client-ip`, `cf-connecting-ip`: other words for the same.
    case clientAddress
    /// `x-http-method-override`, `x-http-method`, `x-method-override`: another method than the request line's.
    case methodOverride
    /// `x-original-url`, `x-rewrite-url`: another target than the request line's.
    case targetOverride
    // Content.
    case accept, acceptEncoding, contentEncoding, contentType, userAgent, range
    /// Any name that begins with `sec-websocket-`.
    case secWebSocket
    // What an upstream says.
    case setCookie, location, contentLocation, refresh, altSvc, clearSiteData, strictTransportSecurity, wwwAuthenticate
    case date, server, serverTiming, retryAfter, cacheControl, age
    /// Any name that begins with `access-control-`.
    case accessControl
    /// Any name that begins with `tacit-`.
    case tacit
    /// `x-should-retry`: SDKs obey it.
    case xShouldRetry
}
