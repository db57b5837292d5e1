/// A polynomial over the prime 2^61 − 1, evaluated at a secret random point: a rolling hash that also confirms.
///
/// Two different texts of n bytes, chosen without knowing the point, meet with probability at most n / 2^61, so no second digest is
/// needed; its result for a window moves on by one byte in constant time.
struct EchoHash: Sendable {
    private static let prime: UInt64 = (1 << 61) - 1
    private let point: UInt64
    /// Its second to fourth power.
    private let square: UInt64
    private let cube: UInt64
    private let fourth: UInt64

    /// - Parameter point: random, of one response. It is brought into 256 … 2^61 − 2.
    init(point: UInt64) {
        let point = 256 + point % (Self.prime - 256)
        self.point = point
        square = Self.multiply(point, point)
        cube = Self.multiply(square, point)
        fourth = Self.multiply(square, square)
    }

    /// The hash of a text one byte longer.
    @inline(__always)
    func appending(_ byte: UInt8, to hash: UInt64) -> UInt64 {
        Self.reduce(Self.multiply(hash, point) &+ UInt64(byte) &+ 1)
    }

    /// The same for a hash that is only built up: not brought below the prime, which `finished` does once.
    @inline(__always)
    func absorbing(_ byte: UInt8, into hash: UInt64) -> UInt64 {
        // Below 2^62 times below 2^61: both parts fit, and so does their sum.
        let product = hash.multipliedFullWidth(by: point)
        let folded = (product.low & Self.prime) &+ (product.high &<< 3 | product.low &>> 61)
        return (folded & Self.prime) &+ (folded &>> 61) &+ UInt64(byte) &+ 1
    }

    /// The same for four bytes, the first in the lowest bits: their products do not wait for each other.
    @inline(__always)
    func absorbing(four bytes: UInt32, into hash: UInt64) -> UInt64 {
        @inline(__always) func term(_ shift: UInt32) -> UInt64 { UInt64(bytes &>> shift & 0xff) &+ 1 }
        // Below 2^62 times below 2^61, and three times below 2^9 times below 2^61: less than 2^124.
        let a = hash.multipliedFullWidth(by: fourth)
        let b = cube.multipliedFullWidth(by: term(0))
        let c = square.multipliedFullWidth(by: term(8))
        let d = point.multipliedFullWidth(by: term(16))
        let (ab, abCarry) = a.low.addingReportingOverflow(b.low)
        let (cd, cdCarry) = c.low.addingReportingOverflow(d.low)
        let (low, carry) = ab.addingReportingOverflow(cd)
        let high = a.high &+ b.high &+ c.high &+ d.high &+ (abCarry ? 1 : 0) &+ (cdCarry ? 1 : 0) &+ (carry ? 1 : 0)
        // Both parts are below 2^63.
        let folded = (low & Self.prime) &+ (high &<< 3 | low &>> 61)
        return (folded & Self.prime) &+ (folded &>> 61) &+ term(24)
    }

    /// A hash from `absorbing`, as `appending` would have made it.
    func finished(_ hash: UInt64) -> UInt64 { Self.reduce(Self.reduce(hash)) }

    /// Sixteen bits about eight bytes, the first in the lowest bits: two different texts, chosen without knowing the point, agree with
    /// probability 2^-15 at most (multiply-shift hashing). One multiplication, to turn near matches away before a window is hashed.
    @inline(__always)
    func check(_ word: UInt64) -> UInt16 {
        UInt16(truncatingIfNeeded: (word &* (point &<< 1 | 1)) &>> 48)
    }

    /// What the first byte of a window of `count` bytes is multiplied with.
    func weight(count: Int) -> UInt64 {
        var weight: UInt64 = 1
        var factor = point
        var exponent = max(count, 1) - 1
        while exponent > 0 {
            if exponent & 1 == 1 { weight = Self.multiply(weight, factor) }
            factor = Self.multiply(factor, factor)
            exponent >>= 1
        }
        return weight
    }

    /// The hash of a window moved on by one byte.
    @inline(__always)
    func moving(_ hash: UInt64, weight: UInt64, from first: UInt8, to next: UInt8) -> UInt64 {
        let gone = Self.multiply(UInt64(first) &+ 1, weight)
        return appending(next, to: hash >= gone ? hash &- gone : hash &+ Self.prime &- gone)
    }

    @inline(__always)
    private static func multiply(_ a: UInt64, _ b: UInt64) -> UInt64 {
        let product = a.multipliedFullWidth(by: b)
        return reduce((product.low & prime) &+ (product.high &<< 3 | product.low &>> 61))
    }

    @inline(__always)
    private static func reduce(_ value: UInt64) -> UInt64 {
        let folded = (value & prime) &+ (value &>> 61)
        return folded >= prime ? folded &- prime : folded
    }
}
