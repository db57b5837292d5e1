import Testing

@testable import BlindProxy

@Suite struct EchoHashTests {
    /// Byte by byte, brought below the prime each time.
    private func reference(_ bytes: [UInt8], _ function: EchoHash) -> UInt64 {
        bytes.reduce(0) { hash, byte in function.appending(byte, to: hash) }
    }

    @Test(arguments: [0, 1, 255, 1 << 61, (1 << 61) - 2, .max] as [UInt64])
    func fourBytesAtATimeGiveTheSameHash(point: UInt64) {
        let function = EchoHash(point: point)
        for fill: UInt8 in [0x00, 0x7f, 0xff] {
            for count in 0..<64 {
                let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37) ^ fill }
                var hash: UInt64 = 0
                var at = 0
                while at + 4 <= count {
                    let four = (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[at + $1]) << UInt32(8 * $1) }
                    hash = function.absorbing(four: four, into: hash)
                    at += 4
                }
                for byte in bytes[at...] { hash = function.absorbing(byte, into: hash) }
                #expect(function.finished(hash) == reference(bytes, function))
            }
        }
    }

    @Test func aPatternIsTheSameHoweverItsBytesCome() throws {
        let function = EchoHash(point: 0x0123_4567_89ab_cdef)
        let bytes = Array("sk-proj-0123456789abcdefghijkl".utf8)
        for start in 0...bytes.count {
            var bytewise = EchoPatternBuilder(function)
            var mixed = EchoPatternBuilder(function)
            for byte in bytes { bytewise.append(byte) }
            var at = 0
            while at < bytes.count {
                if at >= start, at + 4 <= bytes.count {
                    mixed.append(four: (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[at + $1]) << UInt32(8 * $1) })
                    at += 4
                } else {
                    mixed.append(bytes[at])
                    at += 1
                }
            }
            #expect(try #require(mixed.finish()) == #require(bytewise.finish()), "from \(start) on")
        }
    }
}
