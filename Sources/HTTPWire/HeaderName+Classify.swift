extension HeaderName {
    /// The case for the name at `offset`, in any mix of cases.
    /// - Parameters:
    ///   - offset: where the name starts; its bytes have been read as a token.
    ///   - count: bytes of the name.
    static func classify(_ bytes: Span<UInt8>, at offset: Int, count: Int) -> HeaderName {
        guard count > 1 else { return .other }
        func named(_ name: StaticString, _ found: HeaderName) -> HeaderName? {
            bytes.matches(tokenAt: offset, name) ? found : nil
        }
        let exact: HeaderName? =
            switch count {
            case 2: named("te", .te)
            case 3: named("via", .via) ?? named("age", .age)
            case 4: named("host", .host) ?? named("date", .date)
            case 5: named("range", .range)
            case 6:
                switch ASCII.lowercased(bytes[offset]) {
                case 0x61: named("accept", .accept)
                case 0x63: named("cookie", .cookie)
                case 0x65: named("expect", .expect)
                case 0x6f: named("origin", .origin)
                default: named("server", .server)
                }
            case 7:
                switch ASCII.lowercased(bytes[offset]) {
                case 0x61: named("api-key", .apiKey) ?? named("alt-svc", .altSvc)
                case 0x72: named("referer", .referer) ?? named("refresh", .refresh)
                case 0x74: named("trailer", .trailer)
                default: named("upgrade", .upgrade)
                }
            case 8: named("location", .location)
            case 9: named("x-api-key", .xApiKey) ?? named("x-real-ip", .xRealIP) ?? named("forwarded", .forwarded)
            case 10:
                named("user-agent", .userAgent) ?? named("connection", .connection) ?? named("keep-alive", .keepAlive)
                    ?? named("set-cookie", .setCookie)
            case 11: named("retry-after", .retryAfter) ?? named("x-client-ip", .clientAddress) ?? named("set-cookie2", .setCookie)
            case 12: named("content-type", .contentType)
            case 13:
                named("authorization", .authorization) ?? named("cache-control", .cacheControl) ?? named("server-timing", .serverTiming)
                    ?? named("x-http-method", .methodOverride) ?? named("x-rewrite-url", .targetOverride)
            case 14:
                named("content-length", .contentLength) ?? named("x-goog-api-key", .xGoogApiKey)
                    ?? named("http2-settings", .http2Settings) ?? named("true-client-ip", .clientAddress)
                    ?? named("x-original-url", .targetOverride) ?? named("x-should-retry", .xShouldRetry)
            case 15: named("accept-encoding", .acceptEncoding) ?? named("clear-site-data", .clearSiteData)
            case 16:
                named("content-encoding", .contentEncoding) ?? named("content-location", .contentLocation)
                    ?? named("proxy-connection", .proxyConnection) ?? named("www-authenticate", .wwwAuthenticate)
                    ?? named("cf-connecting-ip", .clientAddress)
            case 17: named("transfer-encoding", .transferEncoding) ?? named("x-method-override", .methodOverride)
            case 18: named("proxy-authenticate", .proxyAuthenticate)
            case 19: named("proxy-authorization", .proxyAuthorization) ?? named("x-cluster-client-ip", .clientAddress)
            case 20: named("x-amz-security-token", .xAmzSecurityToken)
            case 22: named("x-http-method-override", .methodOverride)
            case 25: named("strict-transport-security", .strictTransportSecurity)
            default: nil
            }
        return exact ?? family(bytes, at: offset, count: count)
    }

    /// Whether a name reads as one that addresses or frames a message once "_" is taken for "-", as gateways to CGI and its
    /// heirs take it.
    static func isDisguised(_ bytes: Span<UInt8>, _ name: ByteRange) -> Bool {
        func reads(_ wanted: StaticString) -> Bool {
            guard name.count == wanted.utf8CodeUnitCount else { return false }
            for index in 0..<name.count {
                let byte = bytes[name.lowerBound &+ index]
                // In bounds of a literal by the guard above.
                let wanted = unsafe wanted.utf8Start[index]
                if (byte == UInt8(ascii: "_") ? UInt8(ascii: "-") : ASCII.lowercased(byte)) != wanted { return false }
            }
            return true
        }
        return reads("transfer-encoding") || reads("content-length")
    }

    /// The families named by a prefix. All but `x-forwarded-` start with a letter few other names start with.
    private static func family(_ bytes: Span<UInt8>, at offset: Int, count: Int) -> HeaderName {
        func begins(_ prefix: StaticString) -> Bool {
            count > prefix.utf8CodeUnitCount && bytes.matches(tokenAt: offset, prefix)
        }
        switch ASCII.lowercased(bytes[offset]) {
        case 0x61: return begins("access-control-") ? .accessControl : .other
        case 0x73: return begins("sec-websocket-") ? .secWebSocket : begins("sec-fetch-") ? .secFetch : .other
        case 0x74: return begins("tacit-") ? .tacit : .other
        case 0x78: return begins("x-forwarded-") ? .xForwarded : .other
        default: return .other
        }
    }
}
