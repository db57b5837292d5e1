/// One event of a stream: `data: {"stream":S,"frame":N,"sent":T,"pad":"…"}` and an empty line, always of the size that was asked for.
///
/// The padding follows from stream and number, so that a byte that was changed on the way is seen.
struct Frame {
    /// Smallest size: the longest numbers fit.
    static let minimumCount = 128
    /// The event after the last frame.
    static let done = Array("data: [DONE]\n\n".utf8)

    private static let marks = ["data: {\"stream\":", ",\"frame\":", ",\"sent\":", ",\"pad\":\""].map { Array($0.utf8) }
    private static let end = Array("\"}\n\n".utf8)

    let stream: UInt64
    let number: UInt64
    /// When the origin made it, nanoseconds of the machine's monotonic clock.
    let sentAt: UInt64

    init(stream: UInt64, number: UInt64, sentAt: UInt64) {
        self.stream = stream
        self.number = number
        self.sentAt = sentAt
    }

    /// The frame in `bytes`, from `data:` to the end of the empty line; `nil` when any byte of it is not as ``appended(to:count:)`` wrote it.
    init?(_ bytes: ArraySlice<UInt8>) {
        var place = bytes.startIndex
        var numbers: [UInt64] = []
        for mark in Self.marks {
            guard bytes[place...].starts(with: mark) else { return nil }
            place += mark.count
            guard numbers.count < 3 else { break }
            var number: UInt64 = 0
            let first = place
            while place < bytes.endIndex, case let digit = bytes[place] &- 48, digit < 10 {
                number = number &* 10 &+ UInt64(digit)
                place += 1
            }
            guard place > first else { return nil }
            numbers.append(number)
        }
        self.init(stream: numbers[0], number: numbers[1], sentAt: numbers[2])
        let padEnd = bytes.endIndex - Self.end.count
        guard place <= padEnd, bytes[padEnd...].elementsEqual(Self.end) else { return nil }
        var pad = firstPad
        for byte in bytes[place..<padEnd] {
            guard byte == pad else { return nil }
            pad = Self.after(pad)
        }
    }

    /// Writes the frame with `count` bytes in all behind `bytes`.
    func appended(to bytes: inout [UInt8], count: Int) {
        let start = bytes.count
        for (mark, number) in zip(Self.marks, [stream, number, sentAt]) {
            bytes += mark
            bytes += String(number).utf8
        }
        bytes += Self.marks[3]
        var pad = firstPad
        while bytes.count < start + count - Self.end.count {
            bytes.append(pad)
            pad = Self.after(pad)
        }
        bytes += Self.end
    }

    private var firstPad: UInt8 { 97 + UInt8((stream &* 31 &+ number &* 7) % 26) }

    private static func after(_ pad: UInt8) -> UInt8 { pad == 122 ? 97 : pad + 1 }
}
