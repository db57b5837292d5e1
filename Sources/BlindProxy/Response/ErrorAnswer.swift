import HTTPWire

/// Writes an answer of our own, in the shape both the OpenAI and the Anthropic SDKs render.
struct ErrorAnswer {
    let error: ProxyError
    let requestID: RequestID
    /// The client's connection ends with this answer.
    let closes: Bool
    /// The request was a HEAD: the body is announced and not sent.
    let isHead: Bool
    /// A page of this origin may read the answer.
    var origin: [UInt8]?

    /// The whole answer.
    var bytes: [UInt8] {
        let body = Array(
            "{\"type\":\"error\",\"error\":{\"type\":\"tacit_error\",\"code\":\(Self.quoted(error.code)),\"message\":\(Self.quoted(error.message)),\"param\":null},\"request_id\":\(Self.quoted(requestID.string))}"
                .utf8)
        var head =
            "HTTP/1.1 \(error.status) \(Self.reason(error.status))\r\nContent-Type: application/json\r\nContent-Length: \(body.count)\r\n"
        head += "Cache-Control: no-store\r\ntacit-request-id: \(requestID.string)\r\n"
        if error.forbidsRetry { head += "x-should-retry: false\r\n" }
        if let seconds = error.retryAfterSeconds { head += "Retry-After: \(seconds)\r\n" }
        if error.status == 401 { head += "WWW-Authenticate: Bearer realm=\"tacit\"\r\n" }
        if closes { head += "Connection: close\r\n" }
        return Array(head.utf8) + crossOrigin + [13, 10] + (isHead ? [] : body)
    }

    private var crossOrigin: [UInt8] {
        guard let origin else { return [] }
        var fields = [UInt8](repeating: 0, count: CrossOrigin.capacity(origin.count))
        let count = unsafe fields.withUnsafeMutableBytes { memory in
            var writer = unsafe ByteWriter(memory)
            CrossOrigin.write(origin: origin.span, to: &writer)
            return writer.count
        }
        return Array(fields[..<count])
    }

    private static func quoted(_ text: String) -> String {
        var out = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": out += "\\\""
            case "\\": out += "\\\\"
            case "\u{0}"..<" ":
                let hex = String(scalar.value, radix: 16)
                out += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out + "\""
    }

    private static func reason(_ status: UInt16) -> String {
        switch status {
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 408: "Request Timeout"
        case 414: "URI Too Long"
        case 417: "Expectation Failed"
        case 421: "Misdirected Request"
        case 429: "Too Many Requests"
        case 431: "Request Header Fields Too Large"
        case 500: "Internal Server Error"
        case 501: "Not Implemented"
        case 502: "Bad Gateway"
        case 503: "Service Unavailable"
        case 504: "Gateway Timeout"
        case 505: "HTTP Version Not Supported"
        default: "Error"
        }
    }
}
