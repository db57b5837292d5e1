import HTTPWire

/// A browser's question before a call of a page (Fetch standard, "CORS-preflight request"). It never carries a token.
struct Preflight {
    /// The page's origin.
    let origin: ByteRange
    /// The method it wants to use.
    let method: ByteRange
    /// The header fields it wants to set; every one a token.
    let headers: [ByteRange]
    /// It goes from a public page to a private address.
    let asksForPrivateNetwork: Bool

    /// Header fields a page may ask for at once.
    private static let maximumHeaders = 64
    /// Bytes of a method, as in a request line.
    private static let maximumMethod = 32

    /// `nil` where the request is no preflight.
    /// - Throws: `ambiguous_request` where a field stands twice, or holds anything but tokens.
    init?(_ head: RequestHead, in bytes: Span<UInt8>) throws(ProxyError) {
        guard head.method == .options, let origin = head.headers.first(.origin), head.headers.present.contains(.accessControl) else {
            return nil
        }
        var method: ByteRange?
        var headers: ByteRange?
        var privateNetwork: ByteRange?
        for field in head.headers.fields where field.kind == .accessControl {
            if bytes.equals(field.name, lowercase: "access-control-request-method") {
                try Self.take(field.value, into: &method)
            } else if bytes.equals(field.name, lowercase: "access-control-request-headers") {
                try Self.take(field.value, into: &headers)
            } else if bytes.equals(field.name, lowercase: "access-control-request-private-network") {
                try Self.take(field.value, into: &privateNetwork)
            }
        }
        guard let method else { return nil }
        guard !head.headers.repeated.contains(.origin) else { throw .originRepeated }
        let methods = try Self.tokens(method, bytes)
        guard methods.count == 1, methods[0].count <= Self.maximumMethod else { throw .preflightMalformed }
        self.origin = origin.value
        self.method = methods[0]
        self.headers = try headers.map { value throws(ProxyError) in try Self.tokens(value, bytes) } ?? []
        asksForPrivateNetwork = privateNetwork.map { bytes.equalsExactly($0, "true") } ?? false
    }

    private static func take(_ value: ByteRange, into place: inout ByteRange?) throws(ProxyError) {
        guard place == nil else { throw .preflightMalformed }
        place = value
    }

    private static func tokens(_ value: ByteRange, _ bytes: Span<UInt8>) throws(ProxyError) -> [ByteRange] {
        var list = TokenList(value)
        var tokens: [ByteRange] = []
        do throws(HTTPWireError) {
            while let token = try list.next(bytes) { tokens.append(token) }
        } catch {
            throw .preflightMalformed
        }
        guard tokens.count <= maximumHeaders else { throw .preflightMalformed }
        return tokens
    }
}
