import HTTPWire
import Testing

@testable import BlindProxy

@Suite struct ServerTimingTests {
    @Test(
        arguments: [
            (0, "0.000"), (999, "0.000"), (1_000, "0.001"), (42_000, "0.042"), (999_999, "0.999"), (1_000_000, "1.000"),
            (9_999_999, "9.999"), (10_000_000, "10.000"), (123_456_789, "123.456"), (3_600_000_000_000, "3600000.000"),
            (UInt64.max, "18446744073709.551"),
        ] as [(UInt64, String)])
    func milliseconds(_ nanoseconds: UInt64, _ expected: String) {
        let timing = ServerTiming(tacitNanoseconds: nanoseconds, upstreamNanoseconds: nanoseconds)
        let text = written(capacity: ServerTiming.maximumBytes) { timing.write(to: &$0) }
        #expect(text == "Server-Timing: tacit;dur=\(expected), upstream;dur=\(expected)\r\n")
    }
}
