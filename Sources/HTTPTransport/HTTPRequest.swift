/// One request to the origin of a client.
package struct HTTPRequest: Sendable {
    /// 1 to 16 capital letters.
    package var method: String
    /// Path and query as they are sent, byte for byte: starts with "/", already percent-encoded, no fragment.
    /// No place for a secret: libcurl and Swift copy it freely.
    package var path: String
    /// Sent in this order. Names are tokens, values visible ASCII with spaces and tabs; headers that frame the message or name the
    /// host are the client's own and refused here.
    package var headers: [(String, String)]
    /// Headers with a secret value, sent after `headers` and after those of the client.
    package var secretHeaders: [HTTPSecretHeader]
    /// `nil`: no body, and no `Content-Length`.
    package var body: HTTPBody?

    /// Nothing is checked before the request is sent.
    package init(
        method: String, path: String, headers: [(String, String)] = [], secretHeaders: [HTTPSecretHeader] = [], body: HTTPBody? = nil
    ) {
        self.method = method
        self.path = path
        self.headers = headers
        self.secretHeaders = secretHeaders
        self.body = body
    }

    /// - Throws: `.invalidRequest`, `.invalidURL`.
    func check() throws(HTTPTransportError) {
        guard (1...16).contains(method.utf8.count), method.utf8.allSatisfy({ (65...90).contains($0) }), method != "CONNECT" else {
            throw .invalidRequest(reason: "a method is 1 to 16 capital letters")
        }
        guard path.utf8.first == 47, path.utf8.count <= 16_384, path.utf8.allSatisfy(HTTPCharacters.isPathOrQuery) else {
            throw .invalidURL(reason: "a path starts with / and is percent-encoded")
        }
        for (name, value) in headers {
            try HTTPCharacters.checkHeaderName(name)
            guard value.utf8.count <= 16_384, value.utf8.allSatisfy({ HTTPCharacters.isVisible($0) || $0 == 32 || $0 == 9 }) else {
                throw .invalidRequest(reason: "the value of header \(name) holds a control or non-ASCII character")
            }
        }
    }

    /// Whether sending it twice does what sending it once does (RFC 9110, section 9.2.2).
    var isIdempotent: Bool { ["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"].contains(method) }
}
