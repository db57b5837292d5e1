import Primitives

/// Names one request in the receipt, in errors and in logs: 16 bytes, written as 22 characters of base64url.
struct RequestID: Sendable, Equatable {
    /// Characters of the text.
    static let textCount = 22
    private static let alphabet: StaticString = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

    private let high: UInt64
    private let low: UInt64

    init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// The text, ASCII.
    var text: InlineArray<22, UInt8> {
        var text = InlineArray<22, UInt8>(repeating: 0)
        var (high, low) = (high, low)
        for index in text.indices {
            text[index] = unsafe Self.alphabet.utf8Start[Int(high >> 58)]  // 0 to 63
            high = high << 6 | low >> 58
            low <<= 6
        }
        return text
    }

    var string: String {
        let text = text
        return String(decoding: text.indices.map { text[$0] }, as: UTF8.self)
    }
}

/// Makes request ids for one event loop: 16 random bytes that count up, so that most cost no system call.
struct RequestIDSource {
    private let prefix: UInt64
    private var counter: UInt64

    init() {
        let bytes = Random.bytes(16)
        prefix = bytes[..<8].reduce(0) { $0 << 8 | UInt64($1) }
        counter = bytes[8...].reduce(0) { $0 << 8 | UInt64($1) }
    }

    mutating func next() -> RequestID {
        // An odd step visits every value, and neighbours do not look alike.
        counter &+= 0x9e37_79b9_7f4a_7c15
        return RequestID(high: prefix, low: counter)
    }
}
