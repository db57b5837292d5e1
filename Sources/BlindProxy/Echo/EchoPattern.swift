/// What is kept of one form of an injected key for the length of a response: enough to recognise it, nothing to rebuild it from.
struct EchoPattern: Sendable, Equatable {
    /// Bytes of the form.
    let count: Int
    /// Its first four bytes, the first in the lowest bits.
    let first: UInt32
    /// Checks of its first and of its last eight bytes.
    let start: UInt16
    let end: UInt16
    /// Its hash under the response's point.
    let hash: UInt64
    /// For moving a window of this length on.
    let weight: UInt64
}

/// Takes a form byte by byte, so that it never has to stand in memory as a whole.
struct EchoPatternBuilder {
    private let function: EchoHash
    private var count = 0
    private var first: UInt32 = 0
    private var hash: UInt64 = 0
    /// The first eight bytes, and the last eight so far.
    private var head: UInt64 = 0
    private var tail: UInt64 = 0

    init(_ function: EchoHash) { self.function = function }

    mutating func append(_ byte: UInt8) {
        if count < 4 { first |= UInt32(byte) &<< UInt32(8 * count) }
        hash = function.absorbing(byte, into: hash)
        tail = tail &>> 8 | UInt64(byte) &<< 56
        count += 1
        if count == 8 { head = tail }
    }

    /// Takes four bytes, the first in the lowest bits.
    @inline(__always)
    mutating func append(four bytes: UInt32) {
        guard count & 3 == 0 else {
            for shift: UInt32 in [0, 8, 16, 24] { append(UInt8(truncatingIfNeeded: bytes >> shift)) }
            return
        }
        if count == 0 { first = bytes }
        hash = function.absorbing(four: bytes, into: hash)
        tail = tail &>> 32 | UInt64(bytes) &<< 32
        count &+= 4
        if count == 8 { head = tail }
    }

    /// `nil` for a form too short to be looked for: ordinary text would match it.
    func finish() -> EchoPattern? {
        guard count >= EchoPatterns.minimumCount else { return nil }
        return EchoPattern(
            count: count, first: first, start: function.check(head), end: function.check(tail), hash: function.finished(hash),
            weight: function.weight(count: count))
    }
}
