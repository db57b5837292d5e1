/// Reads a body of any framing from the pieces it arrives in.
///
///     var at = 0
///     reading: while true {
///         switch try decoder.step(bytes, at: &at) {
///         case .payload(let range): forward(bytes, range)
///         case .needsMore: break reading                  // everything was consumed
///         case .end: next(bytes, from: at); break reading // what follows belongs to the next message
///         }
///     }
package struct BodyDecoder: Sendable {
    private enum State {
        case length(UInt64)
        case chunked(ChunkedDecoder)
        case untilClose
    }

    private var state: State

    /// A decoder at the first byte after a head.
    package init(_ framing: BodyFraming) {
        switch framing {
        case .none: state = .length(0)
        case .contentLength(let length): state = .length(length)
        case .chunked: state = .chunked(ChunkedDecoder())
        case .untilClose: state = .untilClose
        }
    }

    /// Whether no byte of the body is missing. A body that lasts until the connection closes is never complete before.
    package var isComplete: Bool {
        switch state {
        case .length(let remaining): remaining == 0
        case .chunked(let decoder): decoder.isComplete
        case .untilClose: false
        }
    }

    /// Goes on in `bytes` at `at` until there is something to report; as `ChunkedDecoder.step`.
    package mutating func step(_ bytes: Span<UInt8>, at: inout Int) throws(HTTPWireError) -> BodyStep {
        let available = min(bytes.count &- at, 1 << 30)
        switch state {
        case .length(0):
            return .end
        case .length(let remaining):
            guard available > 0 else { return .needsMore }
            let count = min(Int(clamping: remaining), available)
            state = .length(remaining &- UInt64(count))
            defer { at &+= count }
            return .payload(ByteRange(at, at &+ count))
        case .chunked(var decoder):
            defer { state = .chunked(decoder) }
            return try decoder.step(bytes, at: &at)
        case .untilClose:
            guard available > 0 else { return .needsMore }
            defer { at &+= available }
            return .payload(ByteRange(at, at &+ available))
        }
    }

    /// What the end of the connection means for the body.
    /// - Throws: `.truncatedBody` when bytes are missing.
    package func finish() throws(HTTPWireError) {
        if case .untilClose = state { return }
        guard isComplete else { throw .truncatedBody }
    }
}
