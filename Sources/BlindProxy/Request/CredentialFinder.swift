import HTTPWire

/// Where the session token stands in a request head (DESIGN section 5.2).
struct CredentialFinder: Equatable {
    /// The token's text, as ranges of the head.
    let token: ByteRange
    /// It is the value of the `key` query parameter, which is then not sent on.
    let isInQuery: Bool

    /// Bytes of a token's text.
    static let tokenCount = 68

    /// Looks at every place an SDK puts a credential. An `Authorization` of another scheme than `Bearer` is none (request signatures).
    /// - Throws: `token_missing`; `token_malformed` for the one credential that is no token; `token_conflict` for two different ones;
    ///   `token_misplaced` where `tct_` stands anywhere else in the head.
    init(_ head: RequestHead, in bytes: Span<UInt8>) throws(ProxyError) {
        var found: ByteRange?
        var places = Places()
        var isInQuery = false
        func take(_ value: ByteRange) throws(ProxyError) {
            guard !value.isEmpty else { return }
            guard places.append(value) else { throw .tokenConflict }
            if let found {
                guard bytes.equals(value, bytes.extracting(found.bounds)) else { throw .tokenConflict }
            } else {
                found = value
            }
        }
        if !head.headers.present.intersection(.credentials).isEmpty {
            for field in head.headers.fields where HeaderNameSet.credentials.contains(field.kind) {
                if let value = Self.credential(field, bytes) { try take(value) }
            }
        }
        if let query = head.target.query {
            var scanner = QueryScanner(query)
            while let parameter = scanner.next(named: "key", bytes) {
                guard Self.beginsWithMark(bytes, parameter.value) else { continue }
                isInQuery = true
                try take(parameter.value)
            }
        }
        if head.connection.upgrade, head.headers.present.contains(.secWebSocket) {
            for field in head.headers.fields where bytes.equals(field.name, lowercase: "sec-websocket-protocol") {
                var members = TokenList(field.value)
                // A list that is none is refused with the rest of the handshake.
                while let member = try? members.next(bytes) {
                    if let value = Self.credential(inProtocol: member, bytes) { try take(value) }
                }
            }
        }
        guard let token = found else {
            throw Self.hasMark(bytes, upTo: head.length, outside: Places()) ? .tokenMisplaced : .tokenMissing
        }
        guard token.count == Self.tokenCount, Self.beginsWithMark(bytes, token) else { throw .tokenMalformed }
        guard !Self.hasMark(bytes, upTo: head.length, outside: places) else { throw .tokenMisplaced }
        self.token = token
        self.isInQuery = isInQuery
    }

    /// The credential in a field; `nil` for an `Authorization` of another scheme than `Bearer`.
    private static func credential(_ field: HeaderField, _ bytes: Span<UInt8>) -> ByteRange? {
        guard field.kind == .authorization else { return field.value }
        let value = field.value
        let scheme = ByteRange(value.lowerBound, min(value.lowerBound + 6, value.upperBound))
        guard bytes.equals(scheme, lowercase: "bearer") else { return nil }
        var start = scheme.upperBound
        guard start < value.upperBound else { return ByteRange(start, start) }
        guard bytes[start] == UInt8(ascii: " ") else { return nil }
        while start < value.upperBound, bytes[start] == UInt8(ascii: " ") { start += 1 }
        return ByteRange(start, value.upperBound)
    }

    /// The credential in a subprotocol: browsers can set no other field of a WebSocket, so OpenAI's SDK puts the key there.
    /// Source: OpenAI, "Realtime API with WebSocket", connection from a browser.
    static func credential(inProtocol member: ByteRange, _ bytes: Span<UInt8>) -> ByteRange? {
        let prefix: StaticString = "openai-insecure-api-key."
        let start = member.lowerBound + prefix.utf8CodeUnitCount
        guard start < member.upperBound, bytes.equalsExactly(ByteRange(member.lowerBound, start), prefix) else { return nil }
        return ByteRange(start, member.upperBound)
    }

    private static func beginsWithMark(_ bytes: Span<UInt8>, _ range: ByteRange) -> Bool {
        range.count >= 4 && isMark(bytes, at: range.lowerBound)
    }

    /// Whether `tct_` stands at `at`, which has four bytes.
    private static func isMark(_ bytes: Span<UInt8>, at: Int) -> Bool {
        bytes[at + 3] == UInt8(ascii: "_") && bytes[at + 2] == UInt8(ascii: "t") && bytes[at + 1] == UInt8(ascii: "c")
            && bytes[at] == UInt8(ascii: "t")
    }

    private static func hasMark(_ bytes: Span<UInt8>, upTo end: Int, outside places: Places) -> Bool {
        let head = bytes.extracting(0..<end)
        var at = 0
        while let found = mark.first(in: head, from: at), found + 4 <= end {
            guard let past = places.end(ofPlaceAt: found) else { return true }
            at = past
        }
        return false
    }

    private static let mark: EchoSearch = {
        var search = EchoSearch()
        search.add(0x5f74_6374)  // "tct_", the first byte in the lowest bits
        return search
    }()

    /// Where credentials stand: one field of each name an SDK uses, and query parameters, eight in all.
    private struct Places {
        private var ranges = InlineArray<8, ByteRange>(repeating: .empty)
        private var count = 0

        /// `false` where there is no room.
        mutating func append(_ range: ByteRange) -> Bool {
            guard count < 8 else { return false }
            ranges[count] = range
            count += 1
            return true
        }

        /// One past the place that begins at `start`; `nil` where none does.
        func end(ofPlaceAt start: Int) -> Int? {
            for index in 0..<count where ranges[index].lowerBound == start { return ranges[index].upperBound }
            return nil
        }
    }
}
