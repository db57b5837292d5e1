import Primitives
import Testing

@Suite struct HexTests {
    @Test(arguments: ["0", "abc", "AB", "aB", "0x", "g0", " 00", "00 ", "0\n", "é", "００"])
    func otherSpellingsAreRefused(text: String) {
        #expect(Hex.decode(text) == nil)
    }

    @Test func everyByteComesBack() {
        let bytes = [UInt8](UInt8.min...UInt8.max)
        let text = unsafe Hex.encode(bytes.span.bytes)
        #expect(text.hasPrefix("000102") && text.hasSuffix("fdfeff") && text.utf8.count == 512)
        #expect(Hex.decode(text) == bytes)
        #expect(unsafe Hex.encode([UInt8]().span.bytes) == "")
        #expect(Hex.decode("") == [])
    }
}
