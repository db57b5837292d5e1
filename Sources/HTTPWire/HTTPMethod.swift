/// A request method: RFC 9110 section 9, RFC 5789. Methods are case-sensitive, so `get` is `other`.
package enum HTTPMethod: UInt8, Sendable, CaseIterable {
    case get, head, post, put, delete, options, patch, trace
    /// Any other token; its bytes are in the head.
    case other

    /// The method at `range`.
    /// - Throws: `.connectNotSupported`: we are no tunnel.
    init(_ bytes: Span<UInt8>, _ range: ByteRange) throws(HTTPWireError) {
        func reads(_ name: StaticString) -> Bool { bytes.equalsExactly(range, name) }
        switch range.count {
        case 3: self = reads("GET") ? .get : reads("PUT") ? .put : .other
        case 4: self = reads("POST") ? .post : reads("HEAD") ? .head : .other
        case 5: self = reads("PATCH") ? .patch : reads("TRACE") ? .trace : .other
        case 6: self = reads("DELETE") ? .delete : .other
        case 7:
            guard !reads("CONNECT") else { throw .connectNotSupported }
            self = reads("OPTIONS") ? .options : .other
        default: self = .other
        }
    }
}
