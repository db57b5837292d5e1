/// Character classes of RFC 9110 and RFC 3986, and the header names a caller may set.
enum HTTPCharacters {
    /// Visible ASCII, no space.
    static func isVisible(_ byte: UInt8) -> Bool { (0x21...0x7e).contains(byte) }

    /// `tchar` of RFC 9110, section 5.6.2.
    static func isToken(_ byte: UInt8) -> Bool {
        isAlphanumeric(byte) || "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }

    /// `pchar`, "/" and "?" of RFC 3986, section 3.3 and 3.4.
    static func isPathOrQuery(_ byte: UInt8) -> Bool {
        isAlphanumeric(byte) || "/?-._~%!$&'()*+,;=:@".utf8.contains(byte)
    }

    /// - Throws: `.invalidRequest` for a name that is no token of 1 to 128 bytes, or one the client sets itself.
    static func checkHeaderName(_ name: String) throws(HTTPTransportError) {
        guard (1...128).contains(name.utf8.count), name.utf8.allSatisfy(isToken) else {
            throw .invalidRequest(reason: "a header name is a token")
        }
        guard !reserved.contains(name.lowercased()) else {
            throw .invalidRequest(reason: "header \(name) is set by the client itself")
        }
    }

    private static let reserved: Set<String> = [
        "connection", "content-length", "expect", "host", "keep-alive", "proxy-authorization", "proxy-connection", "te", "trailer",
        "transfer-encoding", "upgrade",
    ]

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
    }
}
