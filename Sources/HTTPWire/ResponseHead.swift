/// A parsed response head: ranges into the caller's bytes, and the decisions they lead to.
///
/// Reused like `RequestHead`.
package struct ResponseHead: Sendable {
    /// 100 to 599.
    package private(set) var status: UInt16 = 0
    /// The reason phrase; may be empty.
    package private(set) var reason = ByteRange.empty
    /// HTTP/1.0 or HTTP/1.1.
    package private(set) var version = HTTPVersion.http11
    /// The header fields.
    package private(set) var headers = HeaderIndex()
    /// How the body that follows ends.
    package private(set) var framing = BodyFraming.none
    /// What the framing headers say. Differs from `framing` for answers to HEAD and for statuses without a body.
    package private(set) var declaredFraming = BodyFraming.none
    /// What `Connection` says.
    package private(set) var connection = ConnectionOptions()
    /// Whether the connection may carry another request after this answer's body.
    package private(set) var keepAlive = false
    /// Bytes of the head, its empty line included.
    package private(set) var length = 0

    /// A head without content, to parse into.
    package init() {}

    /// An interim answer: another head follows (RFC 9110 section 15.2). 101 is none.
    package var isInterim: Bool { status < 200 && status != 101 }

    /// The connection leaves HTTP after this head (RFC 9110 section 15.2.2).
    package var isSwitchingProtocols: Bool { status == 101 }

    /// Parses the head at the start of `bytes`, strictly: RFC 9112 sections 4 to 6.
    /// - Parameters:
    ///   - bytes: at least a whole head, as `HeadScanner` found it; what follows the head is not looked at. Not kept.
    ///   - method: the method of the request this answers; after HEAD no body follows.
    ///   - limits: the ones the scanner was given.
    /// - Throws: any `HTTPWireError` of a head; this value then holds parts of two heads and is only good to parse into again.
    package mutating func parse(_ bytes: Span<UInt8>, to method: HTTPMethod, limits: HeadLimits = .standard) throws(HTTPWireError) {
        do {
            let head = bytes.extracting(first: limits.headBytes)
            let fields = try parseStatusLine(head)
            length = try headers.parse(head, from: fields, limits: limits)
        } catch .truncatedHead {
            throw bytes.count < limits.headBytes ? .truncatedHead : .headTooLarge
        }
        connection = try ConnectionOptions(&headers, in: bytes)
        declaredFraming = try BodyFraming.declared(by: headers, in: bytes, version: version)
        try decideFraming(method)
    }

    /// RFC 9112 section 6.3. A 1xx or 204 answer that announces a body contradicts itself (RFC 9110 section 8.6, RFC 9112 section
    /// 6.1): behind a 1xx, whose next head would then be read from the body's place, it is refused; behind a 204 nothing is read,
    /// and the connection is not used again.
    private mutating func decideFraming(_ method: HTTPMethod) throws(HTTPWireError) {
        keepAlive = version == .http11 && !connection.close && status != 101
        let announcesBody = declaredFraming != .none && declaredFraming != .contentLength(0)
        if status < 200 {
            guard !announcesBody else { throw .bodyNotAllowed }
            framing = .none
        } else if status == 204 {
            framing = .none
            if announcesBody { keepAlive = false }
        } else if method == .head || status == 304 {
            framing = .none
        } else if declaredFraming == .none {
            framing = .untilClose
            keepAlive = false
        } else {
            framing = declaredFraming
        }
    }

    /// `HTTP-version SP 3DIGIT SP [ reason-phrase ] CRLF`, RFC 9112 section 4; the second space is not optional.
    private mutating func parseStatusLine(_ bytes: Span<UInt8>) throws(HTTPWireError) -> Int {
        var lineEnd = bytes.firstControl(from: 0)
        guard lineEnd >= 8 else { throw bytes.has(lineEnd) ? .badVersion : .truncatedHead }
        version = try HTTPVersion(bytes, at: 0)
        guard lineEnd >= 12 else { throw bytes.has(lineEnd) ? .badStatusLine : .truncatedHead }
        guard bytes[8] == ASCII.space else { throw .badStatusLine }
        var code: UInt16 = 0
        for index in 9..<12 {
            guard ASCII.isDigit(bytes[index]) else { throw .badStatusCode }
            code = code &* 10 &+ UInt16(bytes[index] &- ASCII.zero)
        }
        guard bytes.has(12) else { throw .truncatedHead }
        guard !ASCII.isDigit(bytes[12]), code >= 100, code < 600 else { throw .badStatusCode }
        guard bytes[12] == ASCII.space else { throw .badStatusLine }
        status = code
        while bytes.has(lineEnd), bytes[lineEnd] == ASCII.tab { lineEnd = bytes.firstControl(from: lineEnd &+ 1) }
        reason = ByteRange(13, lineEnd)
        return try HeaderIndex.lineEnd(bytes, at: lineEnd)
    }
}
