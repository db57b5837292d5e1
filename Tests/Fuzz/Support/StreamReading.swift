import HTTPWire

/// What comes out of one side of a connection: messages until the bytes end, one is refused, or the connection does.
struct StreamReading<Head: FuzzedHead>: Equatable {
    struct Message: Equatable {
        /// Where the head begins.
        let start: Int
        let facts: HeadFacts
        var body: [UInt8] = []
        var isComplete = false
    }

    private(set) var messages: [Message] = []
    private(set) var error: HTTPWireError?
    /// The first byte that belongs to no message read so far.
    private(set) var position = 0
    /// The connection carries no further message.
    private(set) var isOver = false

    /// Reads `input` as it would arrive: up to each of `cuts` in turn, then all of it.
    /// - Parameter isolated: each piece is shown alone, in memory that ends where the piece ends.
    init(_ input: FuzzInput, cuts: some Sequence<Int>, isolated: Bool) {
        var reader = Reader(isolated: isolated)
        do throws(HTTPWireError) {
            for end in cuts { try reader.read(input, upTo: end, into: &self) }
            try reader.read(input, upTo: input.bytes.count, into: &self)
        } catch {
            self.error = error
            isOver = true
        }
    }

    private struct Reader {
        let isolated: Bool
        private var scanner: HeadScanner?
        private var head = Head()
        private var decoder: BodyDecoder?

        init(isolated: Bool) { self.isolated = isolated }

        mutating func read(_ input: FuzzInput, upTo end: Int, into reading: inout StreamReading) throws(HTTPWireError) {
            while !reading.isOver {
                if decoder == nil, try !readHead(input, upTo: end, into: &reading) { return }
                guard try readBody(input, upTo: end, into: &reading) else { return }
                decoder = nil
                scanner = nil
                reading.isOver = !head.keepAlive
            }
        }

        /// - Returns: whether the head is complete.
        private mutating func readHead(
            _ input: FuzzInput, upTo end: Int, into reading: inout StreamReading
        ) throws(HTTPWireError) -> Bool {
            let start = reading.position
            let piece = isolated ? Array(input.bytes[start..<end]) : input.bytes
            let bytes = isolated ? piece.span : piece.span.extracting(start..<end)
            var scanner = self.scanner ?? HeadScanner(limits: input.limits)
            defer { self.scanner = scanner }
            guard case .complete(let length) = try scanner.scan(bytes) else { return false }
            try head.read(bytes, input)
            check(head.length == length, "scanner and parser agree on the length of a head")
            decoder = BodyDecoder(head.framing)
            reading.messages.append(Message(start: start, facts: head.facts(bytes)))
            reading.position += length
            return true
        }

        private static func allowsEnd(_ decoder: BodyDecoder) -> Bool {
            do throws(HTTPWireError) {
                try decoder.finish()
                return true
            } catch {
                return false
            }
        }

        /// - Returns: whether the body is complete.
        private mutating func readBody(
            _ input: FuzzInput, upTo end: Int, into reading: inout StreamReading
        ) throws(HTTPWireError) -> Bool {
            guard var decoder, let last = reading.messages.indices.last else { return false }
            let piece = isolated ? Array(input.bytes[reading.position..<end]) : input.bytes
            let bytes = isolated ? piece.span : piece.span.extracting(reading.position..<end)
            var at = 0
            defer {
                reading.position += at
                self.decoder = decoder
            }
            while true {
                let before = at
                switch try decoder.step(bytes, at: &at) {
                case .payload(let range):
                    check(
                        range.lowerBound >= before && !range.isEmpty && range.upperBound == at && at <= bytes.count,
                        "payload lies in what was consumed")
                    for index in range.bounds { reading.messages[last].body.append(bytes[index]) }
                case .needsMore:
                    check(at == bytes.count, "a decoder that needs more has consumed everything")
                    check(!decoder.isComplete, "a decoder that needs more is not complete")
                    check(Self.allowsEnd(decoder) == (head.framing == .untilClose), "a connection's end cuts a body short or ends it")
                    return false
                case .end:
                    check(decoder.isComplete && Self.allowsEnd(decoder), "a body that ended is complete")
                    reading.messages[last].isComplete = true
                    return true
                }
            }
        }
    }
}
