import Testing

@testable import BlindProxy

@Suite struct DialOrderTests {
    private let four = (1...3).map { IPAddress.v4($0) }
    private let six = (1...3).map { IPAddress.v6(0, $0) }

    @Test func theFamiliesTakeTurnsAndThePreferredOneBegins() {
        #expect(DialOrder.alternating(six + four) == [six[0], four[0], six[1], four[1], six[2], four[2]])
        #expect(DialOrder.alternating([four[0]] + six) == [four[0], six[0], six[1], six[2]])
        #expect(DialOrder.alternating([]).isEmpty)
    }

    @Test func everyAddressGetsItsTime() {
        #expect(DialOrder.patience(millisecondsLeft: 10_000, addresses: 1) == 10_000)
        #expect(DialOrder.patience(millisecondsLeft: 10_000, addresses: 2) == 3_000)
        #expect(DialOrder.patience(millisecondsLeft: 10_000, addresses: 5) == 2_000)
        #expect(DialOrder.patience(millisecondsLeft: 10_000, addresses: 50) == 1_000)
        #expect(DialOrder.patience(millisecondsLeft: 400, addresses: 3) == 400)
    }
}
