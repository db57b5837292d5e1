import Testing

@testable import BlindProxy

@Suite struct WipingBufferTests {
    private func content(_ buffer: WipingBuffer) -> [UInt8] {
        var out: [UInt8] = []
        buffer.withBytes { bytes in for index in bytes.indices { out.append(bytes[index]) } }
        return out
    }

    private func append(_ bytes: [UInt8], to buffer: WipingBuffer) {
        buffer.append(bytes.span)
    }

    @Test func removingMoreThanThereIsEmptiesIt() {
        let buffer = WipingBuffer()
        buffer.removeFirst(5)
        append([1, 2, 3], to: buffer)
        buffer.removeFirst(9)
        #expect(buffer.count == 0)
    }

    @Test func whatIsRemovedIsWipedWhereItWas() {
        let buffer = WipingBuffer()
        append(Array(0..<100), to: buffer)
        var memory = unsafe UnsafeMutableRawBufferPointer(start: nil, count: 0)
        buffer.withMutableBytes { whole in unsafe whole.withUnsafeMutableBytes { bytes in unsafe memory = unsafe bytes } }
        buffer.removeFirst(40)
        // The memory is still the buffer's; what lies behind its end is looked at on purpose.
        let tail = unsafe Array(memory[60...])
        #expect(tail.allSatisfy { $0 == 0 })
        #expect(content(buffer) == Array(40..<100))
    }

    @Test func growingKeepsTheBytes() {
        let buffer = WipingBuffer()
        var expected: [UInt8] = []
        for number in 0..<3_000 {
            let piece = [UInt8(truncatingIfNeeded: number), UInt8(truncatingIfNeeded: number >> 8)]
            append(piece, to: buffer)
            expected += piece
        }
        #expect(content(buffer) == expected)
        buffer.removeAll()
        #expect(buffer.count == 0)
        append([7], to: buffer)
        #expect(content(buffer) == [7])
    }
}
