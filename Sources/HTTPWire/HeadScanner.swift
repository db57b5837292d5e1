/// Finds the end of a head in a buffer that grows, looking at each byte once.
///
/// It knows lines, not fields: a bare CR, a bare LF, any other control byte but tab, and too much of anything are refused as
/// soon as they are seen, so a peer that will never send a head (TLS on a plain port, a binary protocol) is noticed at its
/// first bytes. A head may begin with no empty line: RFC 9112 section 2.2 lets a server skip one, we refuse it.
/// The outcome depends on the bytes alone, not on how they arrive.
package struct HeadScanner: Sendable {
    /// What is known after the bytes so far.
    package enum Outcome: Sendable, Equatable {
        /// The head has no end yet.
        case needsMore
        /// The head is this many bytes, its empty line included; what follows is not part of it.
        case complete(length: Int)
    }

    private let limits: HeadLimits
    private var position = 0
    private var lineStart = 0
    private var lines = 0

    /// A scanner at the start of a head.
    package init(limits: HeadLimits = .standard) { self.limits = limits }

    /// Starts over for the next head, which begins at the first byte of the next `scan`.
    package mutating func reset() {
        position = 0
        lineStart = 0
        lines = 0
    }

    /// Goes on from where the last call stopped.
    /// - Parameter bytes: everything since the first byte of the head, the bytes of earlier calls included.
    /// - Throws: `.bareCR`, `.bareLF`, `.controlByte`, `.emptyHead`, `.tooManyHeaders`, `.headTooLarge`; close the connection then.
    package mutating func scan(_ bytes: Span<UInt8>) throws(HTTPWireError) -> Outcome {
        let head = bytes.extracting(first: limits.headBytes)
        var at = position
        scanning: while true {
            at = head.firstControl(from: at)
            guard head.has(at) else { break }
            switch head[at] {
            case ASCII.tab:
                at &+= 1
            case ASCII.carriageReturn:
                guard head.has(at &+ 1) else { break scanning }
                guard head[at &+ 1] == ASCII.lineFeed else { throw .bareCR }
                if at == lineStart {
                    guard lines > 0 else { throw .emptyHead }
                    return .complete(length: at &+ 2)
                }
                lines &+= 1
                guard lines &- 1 <= limits.headers else { throw .tooManyHeaders }
                at &+= 2
                lineStart = at
            case ASCII.lineFeed:
                throw .bareLF
            default:
                throw .controlByte
            }
        }
        guard bytes.count < limits.headBytes else { throw .headTooLarge }
        position = at
        return .needsMore
    }
}
