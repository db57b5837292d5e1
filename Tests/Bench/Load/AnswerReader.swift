/// Reads one HTTP answer with a chunked body: gives the body's bytes as they come and knows where it ends.
struct AnswerReader {
    enum State: Equatable { case head, size, data(Int), dataEnd, trailer, complete }

    private(set) var state = State.head
    /// Bytes of the body that nobody took yet.
    var body: [UInt8] = []

    /// Takes what it can from the front of `received`.
    /// - Throws: for another status than 200, another framing than chunks, or chunks that are not well formed.
    mutating func read(_ received: inout [UInt8]) throws(LoadError) {
        var place = received.startIndex
        defer { received.removeSubrange(..<place) }
        while place < received.endIndex {
            switch state {
            case .complete: throw LoadError("bytes after the end of the answer")
            case .data(let left):
                let count = min(left, received.endIndex - place)
                body += received[place..<(place + count)]
                place += count
                state = count == left ? .dataEnd : .data(left - count)
            case .head:
                guard let end = received[place...].firstRange(of: Array("\r\n\r\n".utf8)) else { return }
                try check(head: String(decoding: received[place..<end.lowerBound], as: UTF8.self))
                place = end.upperBound
                state = .size
            case .size, .dataEnd, .trailer:
                guard let end = received[place...].firstRange(of: Array("\r\n".utf8)) else { return }
                try take(line: received[place..<end.lowerBound])
                place = end.upperBound
            }
        }
    }

    private func check(head: String) throws(LoadError) {
        let lines = head.split(separator: "\r\n").map { $0.lowercased() }
        guard let first = lines.first, first.hasPrefix("http/1.1 200") else { throw LoadError("answered \(lines.first ?? "nothing")") }
        guard lines.contains("transfer-encoding: chunked") else { throw LoadError("answered without chunks") }
    }

    private mutating func take(line: ArraySlice<UInt8>) throws(LoadError) {
        switch state {
        case .dataEnd where line.isEmpty: state = .size
        case .trailer where line.isEmpty: state = .complete
        case .size:
            let digits = line.prefix { $0 != UInt8(ascii: ";") }
            guard digits.allSatisfy(Self.isHexadecimal), let size = Int(String(decoding: digits, as: UTF8.self), radix: 16) else {
                throw LoadError("a chunk without a size")
            }
            state = size == 0 ? .trailer : .data(size)
        default: throw LoadError("chunks that are not well formed")
        }
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (97...102).contains(byte | 0x20)
    }
}
