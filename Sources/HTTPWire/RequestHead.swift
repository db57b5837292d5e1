/// A parsed request head: ranges into the caller's bytes, and the decisions they lead to.
///
/// Make one per connection and parse head after head into it; it allocates only when a head has more headers than any before.
/// The ranges belong to the bytes given to `parse`, which the caller keeps, and may wipe once done.
/// Everything here was checked: see `parse` for what is refused.
package struct RequestHead: Sendable {
    /// The method's bytes: a token of at most 32.
    package private(set) var methodName = ByteRange.empty
    /// The method, when it is a known one.
    package private(set) var method = HTTPMethod.other
    /// Path and query.
    package private(set) var target = RequestTarget.none
    /// HTTP/1.0 or HTTP/1.1.
    package private(set) var version = HTTPVersion.http11
    /// The header fields.
    package private(set) var headers = HeaderIndex()
    /// The `Host` field; nil only in HTTP/1.0.
    package private(set) var host: HostValue?
    /// How the body ends; never `untilClose`.
    package private(set) var framing = BodyFraming.none
    /// What `Connection` says.
    package private(set) var connection = ConnectionOptions()
    /// The client waits for a 100 before it sends the body. Never set in HTTP/1.0, nor without a body to come.
    package private(set) var expectsContinue = false
    /// Bytes of the head, its empty line included.
    package private(set) var length = 0

    /// A head without content, to parse into.
    package init() {}

    /// Whether the connection may carry another request after this one. HTTP/1.0 never may.
    package var keepAlive: Bool { version == .http11 && !connection.close }

    /// Whether this asks to become a WebSocket: RFC 6455 section 4.2.1. Every other `Upgrade` is to be ignored and dropped.
    /// - Parameter bytes: the bytes the head was parsed from.
    package func isWebSocketUpgrade(_ bytes: Span<UInt8>) -> Bool {
        guard connection.upgrade, version == .http11, method == .get, framing == .none, !headers.repeated.contains(.upgrade) else {
            return false
        }
        return headers.first(.upgrade).map { bytes.equals($0.value, lowercase: "websocket") } ?? false
    }

    /// Parses the head at the start of `bytes`, strictly: RFC 9112 sections 2 to 6.
    ///
    /// Refused besides what the grammar refuses: targets in any form but origin form, `CONNECT`, no or two `Host` fields,
    /// folded lines, white space before a colon, control bytes, two framings or two of one, transfer codings other than
    /// `chunked`, expectations other than `100-continue`, a `Connection` that names a field the message needs.
    /// - Parameters:
    ///   - bytes: at least a whole head, as `HeadScanner` found it; what follows the head is not looked at. Not kept.
    ///   - limits: the ones the scanner was given.
    /// - Throws: any `HTTPWireError` of a head; this value then holds parts of two heads and is only good to parse into again.
    package mutating func parse(_ bytes: Span<UInt8>, limits: HeadLimits = .standard) throws(HTTPWireError) {
        do {
            let head = bytes.extracting(first: limits.headBytes)
            let fields = try parseRequestLine(head, limits: limits)
            length = try headers.parse(head, from: fields, limits: limits)
        } catch .truncatedHead {
            throw bytes.count < limits.headBytes ? .truncatedHead : .headTooLarge
        }
        connection = try ConnectionOptions(&headers, in: bytes)
        framing = try BodyFraming.declared(by: headers, in: bytes, version: version)
        host = try readHost(bytes)
        expectsContinue = try readExpectation(bytes)
    }

    private mutating func parseRequestLine(_ bytes: Span<UInt8>, limits: HeadLimits) throws(HTTPWireError) -> Int {
        var at = 0
        while bytes.has(at), ByteSet.token.contains(bytes[at]) { at &+= 1 }
        guard bytes.has(at) else { throw .truncatedHead }
        guard bytes[at] == ASCII.space else {
            switch bytes[at] {
            case ASCII.carriageReturn: throw at == 0 ? .emptyHead : .badRequestLine
            case ASCII.lineFeed: throw .bareLF
            case let byte: throw byte < ASCII.space || byte == ASCII.delete ? .controlByte : .badMethod
            }
        }
        guard at > 0, at <= HeadLimits.methodBytes else { throw .badMethod }
        methodName = ByteRange(0, at)
        method = try HTTPMethod(bytes, methodName)
        at &+= 1
        target = try RequestTarget(bytes, at: &at, limits: limits)
        at &+= 1
        let lineEnd = bytes.firstControl(from: at)
        guard lineEnd >= at &+ 8 else { throw bytes.has(lineEnd) ? .badVersion : .truncatedHead }
        version = try HTTPVersion(bytes, at: at)
        at &+= 8
        guard at == lineEnd else { throw .badRequestLine }
        return try HeaderIndex.lineEnd(bytes, at: at)
    }

    /// RFC 9112 section 3.2.
    private func readHost(_ bytes: Span<UInt8>) throws(HTTPWireError) -> HostValue? {
        guard !headers.repeated.contains(.host) else { throw .duplicateHost }
        guard let field = headers.first(.host) else {
            guard version == .http10 else { throw .missingHost }
            return nil
        }
        return try HostValue(bytes, field.value)
    }

    /// RFC 9110 section 10.1.1.
    private func readExpectation(_ bytes: Span<UInt8>) throws(HTTPWireError) -> Bool {
        guard let field = headers.first(.expect) else { return false }
        guard !headers.repeated.contains(.expect), bytes.equals(field.value, lowercase: "100-continue") else {
            throw .unsupportedExpectation
        }
        return version == .http11 && framing != .none && framing != .contentLength(0)
    }
}
