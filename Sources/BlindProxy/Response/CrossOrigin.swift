import HTTPWire

/// The fields by which a browser lets a page of another origin read an answer (Fetch standard, "CORS protocol").
///
/// Never `Access-Control-Allow-Credentials`: a page proves itself by a token, not by what the browser keeps.
enum CrossOrigin {
    /// Seconds a browser may remember the answer to a preflight. Calls are checked themselves, so this only spares questions.
    static let maximumAge: UInt64 = 600

    /// What a page may read besides the few fields every page may.
    private static let exposed: StaticString =
        "tacit-request-id, tacit-key, server-timing, retry-after, retry-after-ms, x-should-retry, x-request-id, request-id"

    /// Bytes ``write(origin:to:)`` needs for an origin of `count` bytes.
    static func capacity(_ count: Int) -> Int { count + 256 }

    /// Writes the fields of an answer to a page of `origin`, which the session, or any session, allows.
    static func write(origin: Span<UInt8>, to writer: inout ByteWriter) {
        writer.appendField("Access-Control-Allow-Origin", origin)
        writer.appendField("Access-Control-Expose-Headers", exposed)
        writer.append("Vary: Origin\r\n")
    }

    /// Writes the answer to a preflight.
    /// - Parameter bytes: the request head's.
    static func write(_ preflight: Preflight, of bytes: Span<UInt8>, requestID: RequestID, closes: Bool, to writer: inout ByteWriter) {
        writer.appendStatusLine(204, "No Content")
        writer.append("Access-Control-Allow-Origin: ")
        writer.append(bytes, preflight.origin)
        writer.append("\r\nAccess-Control-Allow-Methods: ")
        writer.append(bytes, preflight.method)
        for (index, name) in preflight.headers.enumerated() {
            writer.append(index == 0 ? "\r\nAccess-Control-Allow-Headers: " : ", ")
            writer.append(bytes, name)
        }
        if preflight.asksForPrivateNetwork { writer.append("\r\nAccess-Control-Allow-Private-Network: true") }
        writer.append("\r\n")
        writer.appendField("Access-Control-Max-Age", maximumAge)
        writer.append("Vary: Origin, Access-Control-Request-Method, Access-Control-Request-Headers\r\nCache-Control: no-store\r\n")
        writer.appendField("tacit-request-id", requestID.text.span)
        writer.append(closes ? "Connection: close\r\n\r\n" : "\r\n")
    }

    /// Bytes the answer to a preflight needs at most.
    static func capacity(_ preflight: Preflight) -> Int {
        512 + preflight.origin.count + preflight.method.count + preflight.headers.reduce(0) { $0 + $1.count + 2 }
    }
}
