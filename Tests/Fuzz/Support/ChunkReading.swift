import HTTPWire

/// What comes out of a chunked body.
struct ChunkReading: Equatable {
    private(set) var body: [UInt8] = []
    private(set) var error: HTTPWireError?
    private(set) var isComplete = false
    private(set) var trailers = 0
    /// Bytes consumed.
    private(set) var position = 0

    /// Decodes `bytes` as they would arrive: up to each of `cuts` in turn, then all of them.
    /// - Parameter isolated: each piece is shown in memory that ends where the piece ends.
    init(_ bytes: [UInt8], cuts: some Sequence<Int>, isolated: Bool = false) {
        var decoder = ChunkedDecoder()
        do throws(HTTPWireError) {
            for end in cuts where end >= position { try step(&decoder, bytes, upTo: end, isolated) }
            try step(&decoder, bytes, upTo: bytes.count, isolated)
        } catch {
            self.error = error
        }
        check(decoder.isComplete == isComplete, "a decoder is complete when it says so")
        check(decoder.decodedBytes == UInt64(body.count), "a decoder counts what it decodes")
        trailers = decoder.trailerCount
    }

    private mutating func step(
        _ decoder: inout ChunkedDecoder, _ bytes: [UInt8], upTo end: Int, _ isolated: Bool
    ) throws(HTTPWireError) {
        let source = isolated ? Array(bytes[position..<end]) : bytes
        let piece = isolated ? source.span : source.span.extracting(position..<end)
        var at = 0
        defer { position += at }
        while true {
            let before = at
            switch try decoder.step(piece, at: &at) {
            case .payload(let range):
                check(
                    range.lowerBound >= before && !range.isEmpty && range.upperBound == at && at <= piece.count,
                    "payload lies in what was consumed")
                check(!isComplete, "nothing comes out of a body that ended")
                for index in range.bounds { body.append(piece[index]) }
            case .needsMore:
                check(at == piece.count, "a decoder that needs more has consumed everything")
                return
            case .end:
                check(!isComplete || at == before, "nothing behind a body is consumed")
                isComplete = true
                return
            }
        }
    }
}
