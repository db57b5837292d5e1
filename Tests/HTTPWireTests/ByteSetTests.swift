import Testing

@testable import HTTPWire

@Suite struct ByteSetTests {
    private static let alphanumerics = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

    @Test func setsAreTheirGrammars() {
        expect(.token, Self.alphanumerics + "!#$%&'*+-.^_`|~")
        expect(.path, Self.alphanumerics + "-._~!$&'()*+,;=:@/")
        expect(.query, Self.alphanumerics + "-._~!$&'()*+,;=:@/?[]")
        expect(.hostName, Self.alphanumerics + "-._")
        expect(.nameByte, Self.alphanumerics + "-")
        expect(.scheme, Self.alphanumerics + "+-.")
    }

    @Test func hexadecimalDigitsHaveTheirValues() {
        for byte in UInt8.min...UInt8.max {
            let digit = byte < 128 ? UInt8(String(Unicode.Scalar(byte)), radix: 16) : nil
            #expect(ASCII.hexValue(byte) == digit)
        }
    }

    /// Both searches, eight bytes at a time, against one byte at a time.
    @Test(arguments: 0..<50) func searchesFindTheFirstByteWanted(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let bytes = (0..<64).map { _ in
            Bool.random(using: &random) ? UInt8.random(in: 0x2d...0x7a, using: &random) : UInt8.random(in: 0...255, using: &random)
        }
        for start in 0...bytes.count {
            let control = bytes[start...].firstIndex { $0 < 0x20 || $0 == 0x7f } ?? bytes.count
            #expect(bytes.span.firstControl(from: start) == control)
            let outside = bytes[start...].firstIndex { !Self.alphanumerics.utf8.contains($0) && $0 != UInt8(ascii: "-") } ?? bytes.count
            #expect(bytes.span.firstOutsideName(from: start) == outside)
        }
    }

    private func expect(_ set: ByteSet, _ members: String) {
        let wanted = Set(members.utf8)
        for byte in UInt8.min...UInt8.max { #expect(set.contains(byte) == wanted.contains(byte), "\(byte)") }
    }
}
