/// Walks the tokens of a comma-separated field value without copying: `#token`, RFC 9110 section 5.6.1.
///
/// Empty members are skipped, as a recipient must.
package struct TokenList: Sendable {
    private var at: Int
    private let end: Int

    /// A walk over the value at `range`.
    package init(_ range: ByteRange) {
        at = range.lowerBound
        end = range.upperBound
    }

    /// The next token, nil at the end.
    /// - Parameter bytes: the bytes the range belongs to.
    /// - Throws: `.badConnectionOption` when a member is no token; `Connection` is the list this walks.
    package mutating func next(_ bytes: Span<UInt8>) throws(HTTPWireError) -> ByteRange? {
        while at < end, bytes[at] == ASCII.comma || ASCII.isWhitespace(bytes[at]) { at &+= 1 }
        guard at < end else { return nil }
        let start = at
        while at < end, ByteSet.token.contains(bytes[at]) { at &+= 1 }
        let token = ByteRange(start, at)
        while at < end, ASCII.isWhitespace(bytes[at]) { at &+= 1 }
        guard !token.isEmpty, at == end || bytes[at] == ASCII.comma else { throw .badConnectionOption }
        return token
    }
}
