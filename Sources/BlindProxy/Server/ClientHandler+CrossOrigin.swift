import HTTPWire
import NIOCore
import Sessions

/// Pages of other origins in browsers.
extension ClientHandler {
    /// Answers a preflight from what the open sessions allow: no session, key or upstream is touched, and the path does not count,
    /// because the call that follows is checked in full.
    /// - Returns: whether the request was one.
    /// - Throws: `origin_not_allowed`, `ambiguous_request`.
    func answerPreflight(_ id: RequestID) throws(ProxyError) -> Bool {
        let closes = !head.keepAlive || head.expectsContinue || loop.isDraining
        let isAnswered = try inbox.withBytes { (bytes) throws(ProxyError) -> Bool in
            guard let preflight = try Preflight(head, in: bytes) else { return false }
            guard loop.sessions.allows(origin: bytes.extracting(preflight.origin.bounds)) else { throw .originUnknown }
            unsafe outgoing.writeWithUnsafeMutableBytes(minimumWritableBytes: CrossOrigin.capacity(preflight)) { memory in
                var writer = unsafe ByteWriter(memory)
                CrossOrigin.write(preflight, of: bytes, requestID: id, closes: closes, to: &writer)
                return writer.count
            }
            return true
        }
        guard isAnswered else { return false }
        requestBody = BodyDecoder(head.framing)
        inbox.removeFirst(head.length)
        flushAnswer()
        endRequest(closes: closes)
        return true
    }

    /// The origin of the page that made the request whose head is in the inbox, where any session allows it: it may read why it was
    /// refused.
    func knownOrigin() -> [UInt8]? {
        guard head.headers.present.contains(.origin), !head.headers.repeated.contains(.origin), let field = head.headers.first(.origin)
        else { return nil }
        return inbox.withBytes { bytes in
            let origin = bytes.extracting(field.value.bounds)
            return loop.sessions.allows(origin: origin) ? origin.indices.map { origin[$0] } : nil
        }
    }
}
