/// How the end of a body is known: RFC 9112 section 6.
package enum BodyFraming: Sendable, Equatable {
    /// There is no body, and no header announces one.
    case none
    /// Exactly this many bytes follow; 0 is possible, and differs from `none` in that a header said so.
    case contentLength(UInt64)
    /// Chunks, ended by the one of size zero.
    case chunked
    /// Everything until the connection closes; responses only.
    case untilClose

    /// What the framing headers of a head announce; `none` when there are none.
    /// - Throws: for two framings, a field twice (equal values too), any transfer coding but `chunked` alone, a length that is
    ///   not 1 to 19 digits below 2^63, a tab around either value (old parsers overlook such a field), or a transfer coding in
    ///   HTTP/1.0 (RFC 9112 section 6.1).
    static func declared(by headers: HeaderIndex, in bytes: Span<UInt8>, version: HTTPVersion) throws(HTTPWireError) -> BodyFraming {
        let framing: HeaderNameSet = [HeaderNameSet(.contentLength), HeaderNameSet(.transferEncoding)]
        let present = headers.present.intersection(framing)
        if present.isEmpty { return .none }
        guard !headers.repeated.contains(.contentLength) else { throw .duplicateContentLength }
        guard !headers.repeated.contains(.transferEncoding) else { throw .duplicateTransferEncoding }
        guard present != framing else { throw .twoFramings }
        if let field = headers.first(.contentLength) {
            guard !field.hasTab else { throw .badContentLength }
            return .contentLength(try length(bytes, field.value))
        }
        guard version == .http11 else { throw .transferEncodingInHTTP10 }
        guard let field = headers.first(.transferEncoding), !field.hasTab, bytes.equals(field.value, lowercase: "chunked") else {
            throw .badTransferEncoding
        }
        return .chunked
    }

    /// The value of a `Content-Length`: digits alone, RFC 9110 section 8.6.
    private static func length(_ bytes: Span<UInt8>, _ range: ByteRange) throws(HTTPWireError) -> UInt64 {
        guard !range.isEmpty else { throw .badContentLength }
        var total: UInt64 = 0
        var overflow = range.count > 19
        for index in range.bounds {
            guard ASCII.isDigit(bytes[index]) else { throw .badContentLength }
            let (tens, overTens) = total.multipliedReportingOverflow(by: 10)
            let (sum, overSum) = tens.addingReportingOverflow(UInt64(bytes[index] &- ASCII.zero))
            overflow = overflow || overTens || overSum
            total = sum
        }
        guard !overflow, total <= UInt64(Int64.max) else { throw .contentLengthOverflow }
        return total
    }
}
