/// A request target in origin form: an absolute path and perhaps a query, RFC 9112 section 3.2.1.
///
/// Only the bytes RFC 3986 allows, with well-formed percent-encodings. Whether the path is harmless is `PathPolicy`'s question.
package struct RequestTarget: Sendable, Equatable {
    /// Begins with "/".
    package let path: ByteRange
    /// What follows the first "?"; nil when there is none, empty when nothing follows.
    package let query: ByteRange?

    /// Path, "?" and query.
    package var whole: ByteRange { ByteRange(path.lowerBound, (query ?? path).upperBound) }

    /// The target of a head not parsed yet.
    static var none: RequestTarget { RequestTarget(path: .empty, query: nil) }

    private init(path: ByteRange, query: ByteRange?) {
        self.path = path
        self.query = query
    }

    /// Reads a target up to the space that ends it.
    /// - Parameter at: the first byte of the target; on return the space.
    /// - Throws: `.absoluteFormTarget`, `.authorityFormTarget`, `.asteriskFormTarget`, `.badTarget`, `.badPercentEncoding`,
    ///   `.targetTooLong`, `.badRequestLine` when the line ends early, `.truncatedHead`.
    init(_ bytes: Span<UInt8>, at: inout Int, limits: HeadLimits) throws(HTTPWireError) {
        let start = at
        guard bytes.has(at) else { throw .truncatedHead }
        guard bytes[at] == ASCII.slash else { throw Self.otherForm(bytes, at: start) }
        var pathEnd: Int?
        var allowed = ByteSet.path
        reading: while true {
            while bytes.has(at), allowed.contains(bytes[at]) { at &+= 1 }
            guard bytes.has(at) else { throw .truncatedHead }
            switch bytes[at] {
            case ASCII.space: break reading
            case ASCII.question:
                // A member of the query's set, so this is the first one.
                pathEnd = at
                allowed = .query
                at &+= 1
            case ASCII.percent:
                guard bytes.has(at &+ 2) else { throw .truncatedHead }
                guard ASCII.hexValue(bytes[at &+ 1]) != nil, ASCII.hexValue(bytes[at &+ 2]) != nil else { throw .badPercentEncoding }
                at &+= 3
            case ASCII.carriageReturn: throw .badRequestLine
            case ASCII.lineFeed: throw .bareLF
            case let byte: throw byte < ASCII.space || byte == ASCII.delete ? .controlByte : .badTarget
            }
        }
        guard at &- start <= limits.targetBytes else { throw .targetTooLong }
        path = ByteRange(start, pathEnd ?? at)
        query = pathEnd.map { ByteRange($0 &+ 1, at) }
    }

    /// Names the form of a target that does not begin with "/". RFC 9112 sections 3.2.2 to 3.2.4.
    private static func otherForm(_ bytes: Span<UInt8>, at start: Int) -> HTTPWireError {
        var at = start
        while bytes.has(at), bytes[at] > ASCII.space, bytes[at] != ASCII.delete { at &+= 1 }
        guard bytes.has(at) else { return .truncatedHead }
        guard at > start else { return .badRequestLine }
        if at &- start == 1, bytes[start] == ASCII.asterisk { return .asteriskFormTarget }
        var colon = start
        while colon < at, ByteSet.scheme.contains(bytes[colon]) { colon &+= 1 }
        guard colon > start, colon < at, bytes[colon] == ASCII.colon else {
            return colon == at ? .authorityFormTarget : .badTarget
        }
        var digits = colon &+ 1
        while digits < at, ASCII.isDigit(bytes[digits]) { digits &+= 1 }
        return digits == at ? .authorityFormTarget : .absoluteFormTarget
    }
}
