/// How often which span of time was measured: counts in fixed buckets, and the sum.
///
/// Not shared between threads: each event loop has its own, and copies are added up when somebody asks.
package struct TimeHistogram: Sendable, Equatable {
    /// Upper bounds of the buckets in nanoseconds, ascending; a span equal to a bound belongs to it. Fine between 1 and 500 µs, where a
    /// key's exposure and our own share of a call lie.
    package static let bounds: [UInt64] = [
        1_000, 2_000, 3_000, 4_000, 5_000, 6_000, 8_000, 10_000, 12_000, 15_000, 20_000, 25_000, 30_000, 40_000, 50_000, 75_000, 100_000,
        150_000, 200_000, 300_000, 500_000, 1_000_000, 2_000_000, 5_000_000, 10_000_000, 50_000_000, 100_000_000, 1_000_000_000,
    ]

    /// Spans per bucket, not cumulative; one more than `bounds`, for what is longer than the last.
    package private(set) var counts: [UInt64]
    /// Sum of all spans; stops at the largest number.
    package private(set) var sumNanoseconds: UInt64 = 0

    package init() {
        counts = [UInt64](repeating: 0, count: Self.bounds.count + 1)
    }

    /// How many spans were counted.
    package var count: UInt64 { counts.reduce(0, &+) }

    /// Counts one span.
    package mutating func record(nanoseconds: UInt64) {
        counts[Self.bucket(of: nanoseconds)] &+= 1
        sumNanoseconds = sumNanoseconds.addingSaturating(nanoseconds)
    }

    /// Adds what another one counted.
    package mutating func add(_ other: TimeHistogram) {
        for index in counts.indices { counts[index] &+= other.counts[index] }
        sumNanoseconds = sumNanoseconds.addingSaturating(other.sumNanoseconds)
    }

    /// The first bucket whose bound is not below the span.
    private static func bucket(of nanoseconds: UInt64) -> Int {
        var low = 0
        var high = bounds.count
        while low < high {
            let middle = (low &+ high) / 2
            if bounds[middle] < nanoseconds { low = middle &+ 1 } else { high = middle }
        }
        return low
    }
}

extension UInt64 {
    /// The sum, or the largest number where it does not fit.
    package func addingSaturating(_ other: UInt64) -> UInt64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}
