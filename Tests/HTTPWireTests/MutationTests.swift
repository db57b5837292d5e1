import HTTPWire
import Testing

/// Vectors damaged at random: the outcome never depends on how the bytes arrive, nothing traps, and for request heads a second
/// parser agrees.
@Suite struct MutationTests {
    /// Pieces that matter to framing, dropped in at random places.
    private static let pieces = [
        "\r\n", "\r", "\n", " ", "\t", "\0", ":", ",", ";", "\"", "0", "3", "f", "+", "-", "%", "%2e", "/", "?", "Content-Length: 3\r\n",
        "Transfer-Encoding: chunked\r\n", "Host: b\r\n", "Connection: x, close\r\n", "0\r\n\r\n", "HTTP/1.0", "HTTP/1.1", "_", "chunked",
    ]

    @Test(arguments: 0..<8) func damagedMessagesReadTheSameInPieces(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let sources: [([HTTPVector], WireReading.Kind)] = [
            (VectorTests.requests, .request), (VectorTests.responses, .response(to: .get)), (VectorTests.chunks, .chunks),
        ]
        for _ in 0..<150 {
            guard let (vectors, kind) = sources.randomElement(using: &random), let input = damaged(vectors, &random) else { return }
            let whole = WireReading(kind, input, cuts: [])
            #expect(WireReading(kind, input, cuts: Array(0..<input.count)) == whole, "seed \(seed): \(input)")
            let cuts = (0..<5).map { _ in Int.random(in: 0...input.count, using: &random) }.sorted()
            #expect(WireReading(kind, input, cuts: cuts) == whole, "seed \(seed): \(cuts) of \(input)")
        }
    }

    @Test(arguments: 100..<108) func aSecondParserAgreesOnDamagedRequestHeads(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var accepted = 0
        for _ in 0..<150 {
            guard let input = damaged(VectorTests.requests, &random) else { return }
            let end = input.indices.first { input[$0...].starts(with: [13, 10, 13, 10]) }
            guard let end else { continue }
            let head = Array(input[..<(end + 4)])
            var parsed = RequestHead()
            let isAccepted: Bool
            do {
                try parsed.parse(head.span)
                isAccepted = true
            } catch {
                isAccepted = false
            }
            let reference = ReferenceRequest(head)
            #expect(isAccepted == (reference != nil), "seed \(seed): \(String(decoding: head, as: UTF8.self).debugDescription)")
            guard isAccepted, let reference else { continue }
            accepted += 1
            #expect(parsed.framing == reference.framing)
            #expect(text(parsed.methodName, head) == reference.method)
            #expect(text(parsed.target.whole, head) == reference.target)
            #expect(parsed.headers.fields.map { text($0.name, head) } == reference.fields.map(\.name))
            #expect(parsed.headers.fields.map { text($0.value, head) } == reference.fields.map(\.value))
        }
        #expect(accepted > 5, "the damage leaves too few heads whole to compare anything")
    }

    private func text(_ range: ByteRange, _ bytes: [UInt8]) -> String {
        String(String.UnicodeScalarView(bytes[range.bounds].map { Unicode.Scalar($0) }))
    }

    private func damaged(_ vectors: [HTTPVector], _ random: inout SeededGenerator) -> [UInt8]? {
        let short = vectors.filter { (5..<512).contains($0.input.count) }
        guard var bytes = short.randomElement(using: &random)?.input else { return nil }
        for _ in 0..<Int.random(in: 0...3, using: &random) {
            let place = Int.random(in: 0..<max(1, bytes.count), using: &random)
            switch Int.random(in: 0..<5, using: &random) {
            case 0 where place < bytes.count: bytes[place] = UInt8.random(in: 0...255, using: &random)
            case 1 where place < bytes.count: bytes.remove(at: place)
            case 2: bytes.insert(contentsOf: Array((Self.pieces.randomElement(using: &random) ?? "").utf8), at: min(place, bytes.count))
            case 3:
                let end = Int.random(in: place...bytes.count, using: &random)
                bytes.insert(contentsOf: Array(bytes[min(place, bytes.count)..<end]), at: min(place, bytes.count))
            default: bytes.removeSubrange(min(place, bytes.count)..<min(place + 2, bytes.count))
            }
        }
        return bytes
    }
}
