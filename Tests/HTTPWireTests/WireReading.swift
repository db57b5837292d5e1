import HTTPWire

/// What comes out of a message, in a form to compare: the facts the vectors name, or the error.
struct WireReading: Equatable, Sendable {
    enum Kind: Sendable {
        case request
        case response(to: HTTPMethod)
        case chunks
    }

    /// The code of the error, nil when nothing was refused.
    private(set) var error: HTTPWireError?
    /// Facts of the head, empty while it is incomplete.
    private(set) var facts: [String: String] = [:]
    private(set) var body: [UInt8] = []
    private(set) var isComplete = false
    /// Where the message ends, as far as it was read.
    private(set) var consumed = 0
    private(set) var trailers = 0

    /// Reads `input` as it would arrive in pieces: up to each of `cuts` in turn, then all of it.
    ///
    /// Like a connection, it keeps what belongs to the head until that is complete, and shows the body decoder each byte once.
    init(_ kind: Kind, _ input: [UInt8], cuts: [Int]) {
        var reader = Reader(kind)
        do throws(HTTPWireError) {
            for end in cuts + [input.count] where !isComplete {
                try reader.read(input.span.extracting(first: end), into: &self)
            }
        } catch {
            self = WireReading(error: error)
        }
    }

    private init(error: HTTPWireError) { self.error = error }

    private struct Reader {
        private let kind: Kind
        private var scanner = HeadScanner()
        private var body: BodyDecoder?
        private var chunks = ChunkedDecoder()

        init(_ kind: Kind) { self.kind = kind }

        mutating func read(_ bytes: Span<UInt8>, into reading: inout WireReading) throws(HTTPWireError) {
            if case .chunks = kind {
                try step(bytes, into: &reading) { bytes, at throws(HTTPWireError) in try chunks.step(bytes, at: &at) }
                reading.trailers = chunks.trailerCount
                return
            }
            if body == nil {
                guard case .complete(let length) = try scanner.scan(bytes) else { return }
                body = BodyDecoder(try parse(bytes, length: length, into: &reading))
                reading.consumed = length
            }
            guard var decoder = body else { return }
            try step(bytes, into: &reading) { bytes, at throws(HTTPWireError) in try decoder.step(bytes, at: &at) }
            body = decoder
        }

        private func parse(_ bytes: Span<UInt8>, length: Int, into reading: inout WireReading) throws(HTTPWireError) -> BodyFraming {
            switch kind {
            case .request:
                var head = RequestHead()
                try head.parse(bytes)
                reading.facts = HeadFacts.of(head, bytes)
                reading.facts["length"] = head.length == length ? "as scanned" : "\(head.length)"
                return head.framing
            case .response(let method):
                var head = ResponseHead()
                try head.parse(bytes, to: method)
                reading.facts = HeadFacts.of(head, bytes)
                reading.facts["length"] = head.length == length ? "as scanned" : "\(head.length)"
                return head.framing
            case .chunks:
                return .chunked
            }
        }

        private func step(
            _ bytes: Span<UInt8>, into reading: inout WireReading,
            _ next: (Span<UInt8>, inout Int) throws(HTTPWireError) -> BodyStep
        ) throws(HTTPWireError) {
            // Only what is new, from index 0, as a connection would hand it over.
            let new = bytes.extracting(droppingFirst: reading.consumed)
            var at = 0
            defer { reading.consumed += at }
            while true {
                switch try next(new, &at) {
                case .needsMore: return
                case .payload(let range):
                    for index in range.bounds { reading.body.append(new[index]) }
                case .end:
                    reading.isComplete = true
                    return
                }
            }
        }
    }
}
