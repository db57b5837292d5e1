import Testing

@testable import HTTPWire

@Suite struct HeaderNameTests {
    static let names: [(String, HeaderName)] = [
        ("host", .host), ("content-length", .contentLength), ("transfer-encoding", .transferEncoding), ("expect", .expect),
        ("connection", .connection), ("keep-alive", .keepAlive), ("proxy-connection", .proxyConnection), ("te", .te),
        ("trailer", .trailer), ("upgrade", .upgrade), ("http2-settings", .http2Settings), ("proxy-authenticate", .proxyAuthenticate),
        ("proxy-authorization", .proxyAuthorization), ("authorization", .authorization), ("x-api-key", .xApiKey), ("api-key", .apiKey),
        ("x-goog-api-key", .xGoogApiKey), ("x-amz-security-token", .xAmzSecurityToken), ("cookie", .cookie), ("origin", .origin),
        ("referer", .referer), ("sec-fetch-mode", .secFetch), ("forwarded", .forwarded), ("x-real-ip", .xRealIP), ("via", .via),
        ("x-forwarded-for", .xForwarded), ("x-forwarded-proto", .xForwarded), ("true-client-ip", .clientAddress),
        ("x-client-ip", .clientAddress), ("x-cluster-client-ip", .clientAddress), ("cf-connecting-ip", .clientAddress),
        ("x-http-method-override", .methodOverride), ("x-http-method", .methodOverride), ("x-method-override", .methodOverride),
        ("x-original-url", .targetOverride), ("x-rewrite-url", .targetOverride), ("accept", .accept), ("accept-encoding", .acceptEncoding),
        ("content-encoding", .contentEncoding), ("content-type", .contentType), ("user-agent", .userAgent), ("range", .range),
        ("sec-websocket-key", .secWebSocket), ("set-cookie", .setCookie), ("set-cookie2", .setCookie), ("location", .location),
        ("content-location", .contentLocation), ("refresh", .refresh), ("alt-svc", .altSvc), ("clear-site-data", .clearSiteData),
        ("strict-transport-security", .strictTransportSecurity), ("www-authenticate", .wwwAuthenticate), ("date", .date),
        ("server", .server), ("server-timing", .serverTiming), ("retry-after", .retryAfter), ("cache-control", .cacheControl),
        ("age", .age), ("access-control-allow-origin", .accessControl), ("tacit-request-id", .tacit), ("x-should-retry", .xShouldRetry),
    ]

    @Test(arguments: names) func knowsTheNameInEveryCase(_ name: String, _ kind: HeaderName) {
        #expect(classify(name) == kind)
        #expect(classify(name.uppercased()) == kind)
        #expect(classify(String(name.prefix(1)).uppercased() + name.dropFirst()) == kind)
    }

    /// One character more, less or other is another name, unless a family's name goes on after its prefix.
    @Test(arguments: names) func knowsNoNeighbourOfTheName(_ name: String, _ kind: HeaderName) {
        let families: Set<HeaderName> = [.secFetch, .xForwarded, .secWebSocket, .accessControl, .tacit]
        let others = Set(Self.names.map(\.0))
        for neighbour in [name + "x", "x" + name, String(name.dropFirst()), String(name.dropLast())] where !others.contains(neighbour) {
            if families.contains(kind), neighbour.hasPrefix(String(name.prefix(6))) { continue }
            #expect(classify(neighbour) == .other, "\(neighbour)")
        }
        for index in name.indices where !families.contains(kind) {
            let neighbour = name.replacingCharacters(in: index, with: name[index] == "!" ? "x" : "!")
            #expect(classify(neighbour) == .other, "\(neighbour)")
        }
    }

    @Test(arguments: ["access-control-", "tacit-", "x-forwarded-", "sec-fetch-", "sec-websocket-", "", "x", "accept-language"])
    func aPrefixAloneIsNoMember(_ name: String) {
        #expect(classify(name) == .other)
    }

    @Test func everyCaseHasAName() {
        #expect(Set(Self.names.map(\.1)).union([.other]) == Set(HeaderName.allCases))
        #expect(HeaderName.allCases.count <= 64)
    }

    @Test func setsHoldWhatTheyWereMadeOf() {
        let set = HeaderNameSet(names: [.host, .xShouldRetry])
        #expect(HeaderName.allCases.filter { set.contains($0) } == [.host, .xShouldRetry])
        #expect(HeaderNameSet.hopByHop.isDisjoint(with: .credentials))
        #expect(!HeaderNameSet.hopByHop.contains(.host))
    }

    private func classify(_ name: String) -> HeaderName {
        let bytes = Array(name.utf8)
        return HeaderName.classify(bytes.span, at: 0, count: bytes.count)
    }
}

extension String {
    fileprivate func replacingCharacters(in index: String.Index, with character: Character) -> String {
        String(self[..<index]) + String(character) + self[self.index(after: index)...]
    }
}
