import Measures
import Testing

@Suite struct TimeHistogramTests {
    @Test func `bounds ascend and are fine where a key's exposure lies`() {
        let bounds = TimeHistogram.bounds
        #expect(zip(bounds, bounds.dropFirst()).allSatisfy { $0 < $1 })
        for (low, high) in zip(bounds, bounds.dropFirst()) where high <= 500_000 { #expect(high <= 2 * low) }
    }

    @Test func `a span belongs to the first bucket whose bound it does not pass`() {
        for (index, bound) in TimeHistogram.bounds.enumerated() {
            for (span, bucket) in [(bound - 1, index), (bound, index), (bound + 1, index + 1)] {
                var histogram = TimeHistogram()
                histogram.record(nanoseconds: span)
                #expect(histogram.counts.firstIndex(of: 1) == bucket, "\(span)")
                #expect(histogram.count == 1)
            }
        }
    }

    @Test func `zero and the longest span are counted, and the sum stops at the largest number`() {
        var histogram = TimeHistogram()
        for span in [0, UInt64.max, 5] { histogram.record(nanoseconds: span) }
        #expect(histogram.counts.first == 2)
        #expect(histogram.counts.last == 1)
        #expect(histogram.sumNanoseconds == .max)
    }

    @Test func `adding makes one of two`() {
        var (a, b, both) = (TimeHistogram(), TimeHistogram(), TimeHistogram())
        for span: UInt64 in [1, 7_000, 90_000_000] {
            a.record(nanoseconds: span)
            both.record(nanoseconds: span)
        }
        for span: UInt64 in [2, 7_500, .max / 2] {
            b.record(nanoseconds: span)
            both.record(nanoseconds: span)
        }
        a.add(b)
        #expect(a == both)
    }
}
