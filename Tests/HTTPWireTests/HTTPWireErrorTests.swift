import HTTPWire
import Testing

@Suite struct HTTPWireErrorTests {
    @Test func codesAreDistinctAndPlain() {
        let codes = HTTPWireError.allCases.map(\.code)
        #expect(Set(codes).count == codes.count)
        #expect(codes.allSatisfy { $0.allSatisfy { $0.isLowercase || $0 == "_" || $0.isNumber } })
    }

    @Test func statusesAreThoseOfTheClientsMistakes() {
        #expect(Set(HTTPWireError.allCases.map(\.requestStatus)) == [400, 414, 417, 431, 501, 505])
    }
}
