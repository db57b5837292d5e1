import HTTPWire
import Testing

@testable import BlindProxy

@Suite struct WebSocketFramesTests {
    /// What the frames in `bytes` hold, given in pieces of `size`; a piece ends where its frame does.
    private func walk(_ bytes: [UInt8], piecesOf size: Int) throws(ProxyError) -> (headers: [UInt8], payloads: [[UInt8]]) {
        var frames = WebSocketFrames()
        var headers: [UInt8] = []
        var payloads: [[UInt8]] = [[]]
        for start in stride(from: 0, to: bytes.count, by: size) {
            let piece = Array(bytes[start..<min(start + size, bytes.count)])
            var at = 0
            reading: while true {
                switch try frames.step(piece.span, at: &at) {
                case .header(let range): headers += piece[range.bounds]
                case .payload(let range, let endsFrame):
                    payloads[payloads.count - 1] += piece[range.bounds]
                    if endsFrame { payloads.append([]) }
                case .needsMore: break reading
                }
            }
            #expect(at == piece.count)
        }
        return (headers, payloads)
    }

    @Test(
        arguments: [
            [0xc1, 0x00], [0xa1, 0x00], [0x91, 0x00], [0x83, 0x00], [0x8b, 0x00], [0x8f, 0x00], [0x09, 0x00], [0x89, 0x7e, 0, 126],
            [0x88, 0x7f, 0, 0, 0, 0, 0, 1, 0, 0], [0x81, 0x80, 1, 2, 3, 4], [0x81, 0x85, 1, 2, 3, 4], [0x82, 0x7e, 0, 125],
            [0x82, 0x7f, 0, 0, 0, 0, 0, 0, 0xff, 0xff], [0x82, 0x7f, 0x80, 0, 0, 0, 0, 0, 0, 0],
        ] as [[UInt8]])
    func refusesHeadersOthersCouldReadDifferently(_ bytes: [UInt8]) {
        for size in [1, 3, 100] {
            #expect(throws: ProxyError.upstreamProtocol) { try walk(bytes, piecesOf: size) }
        }
    }

    @Test(arguments: [1, 2, 3, 7, 100, 1_000_000])
    func findsTheSameFramesWhereverTheyAreCut(_ size: Int) throws {
        let sizes = [0, 1, 125, 126, 127, 65_535, 65_536, 0, 3]
        let sent = sizes.map { count in (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) } }
        var bytes: [UInt8] = [0x8a, 0x00]
        for payload in sent { bytes += Frame.frame(0x82, payload) }
        let (headers, payloads) = try walk(bytes, piecesOf: size)
        #expect(payloads.filter { !$0.isEmpty } == sent.filter { !$0.isEmpty })
        #expect(headers.count + sizes.reduce(0, +) == bytes.count)
    }
}
