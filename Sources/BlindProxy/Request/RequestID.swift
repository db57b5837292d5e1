import Primitives

/// Names one request in the receipt, in errors and in logs: 22 characters.
struct RequestID: Sendable, Equatable {
    let text: [UInt8]

    var string: String { String(decoding: text, as: UTF8.self) }
}

/// Makes request ids for one event loop: 16 random bytes that count up, so that most cost no system call.
struct RequestIDSource {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
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
        var text: [UInt8] = []
        text.reserveCapacity(22)
        for position in 0..<22 {
            let shift = 122 - 6 * position  // the last character holds two bits and four zeros
            let value: UInt64 =
                if shift >= 64 {
                    prefix >> UInt64(shift - 64)
                } else if shift > 58 {
                    prefix << UInt64(64 - shift) | counter >> UInt64(shift)
                } else {
                    shift >= 0 ? counter >> UInt64(shift) : counter << UInt64(-shift)
                }
            text.append(Self.alphabet[Int(value & 63)])
        }
        return RequestID(text: text)
    }
}
