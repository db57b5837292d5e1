import Measures
import TacitTesting
import Testing

@Suite struct MetricsTextTests {
    @Test(arguments: [
        "", "a 1", "a 1\n", "# TYPE a gauge\na 1\n", "# HELP a x\na 1\n", "# HELP a x\n# TYPE b gauge\nb 1\n",
        "# HELP a x\n# TYPE a counter\na 1\n", "# HELP a x\n# TYPE a gauge\nb 1\n", "# HELP a x\n# TYPE a gauge\na 1\na 2\n",
        "# HELP a x\n# TYPE a gauge\na{b=\"\\q\"} 1\n", "# HELP a x\n# TYPE a gauge\na{b=\"c} 1\n", "# HELP a x\n# TYPE a gauge\na -1\n",
        "# HELP a x\n# TYPE a gauge\na{0=\"c\"} 1\n", "# HELP a x\n# TYPE a gauge\na  1\n", "# HELP a x\n# TYPE a gauge\n\na 1\n",
        "# HELP a x\n# TYPE a gauge\na 1\n# HELP a x\n# TYPE a gauge\n",
        "# HELP a x\n# TYPE a histogram\na_bucket{le=\"1\"} 1\na_sum 1\na_count 1\n",
        "# HELP a x\n# TYPE a histogram\na_bucket{le=\"1\"} 2\na_bucket{le=\"+Inf\"} 1\na_sum 1\na_count 1\n",
        "# HELP a x\n# TYPE a histogram\na_bucket{le=\"+Inf\"} 2\na_sum 1\na_count 1\n",
    ])
    func `the reader of these tests refuses what is no page`(text: String) {
        #expect(throws: MetricsFault.self) { try MetricsReader(text) }
    }

    @Test func `label values and help come back as they were`() throws {
        var text = MetricsText()
        text.family("a_total", .counter, "Back\\slash and\nline end \"quoted\".")
        let values = ["plain", "", "quo\"te", "back\\slash", "line\nend", "\\n", "ünïcode", "}", ","]
        for (index, value) in values.enumerated() { text.sample(UInt64(index), ("x", value), ("y", "z")) }
        let page = try MetricsReader(text.text)
        for (index, value) in values.enumerated() { #expect(page.value("a_total", ["x": value, "y": "z"]) == Double(index), "\(value)") }
        #expect(page.count("a_total") == values.count)
        #expect(text.text.hasPrefix("# HELP a_total Back\\\\slash and\\nline end \"quoted\".\n# TYPE a_total counter\na_total{x=\"plain\""))
    }

    @Test(
        arguments: [
            (0, "0"), (1, "0.000000001"), (1_000, "0.000001"), (1_500_000_000, "1.5"), (1_000_000_000, "1"), (10, "0.00000001"),
            (1_234_567_890_123, "1234.567890123"), (UInt64.max, "18446744073.709551615"),
        ] as [(UInt64, String)])
    func `seconds are exact`(nanoseconds: UInt64, expected: String) {
        var text = MetricsText()
        text.family("a", .gauge, "x")
        text.sample(nanoseconds: nanoseconds)
        #expect(text.text.hasSuffix("\na \(expected)\n"))
    }

    @Test func `a histogram is cumulative`() throws {
        var histogram = TimeHistogram()
        for nanoseconds: UInt64 in [1, 1_000, 1_001, 18_000, 500_000, 5_000_000_000] { histogram.record(nanoseconds: nanoseconds) }
        var text = MetricsText()
        text.family("a_seconds", .histogram, "x")
        text.histogram(histogram)
        let page = try MetricsReader(text.text)
        #expect(page.value("a_seconds_bucket", ["le": "0.000001"]) == 2)
        #expect(page.value("a_seconds_bucket", ["le": "0.000002"]) == 3)
        #expect(page.value("a_seconds_bucket", ["le": "0.00002"]) == 4)
        #expect(page.value("a_seconds_bucket", ["le": "1"]) == 5)
        #expect(page.value("a_seconds_bucket", ["le": "+Inf"]) == 6)
        #expect(page.value("a_seconds_count") == 6)
        #expect(page.value("a_seconds_sum") == 5.000_520_002)
    }
}
