import Foundation
import Primitives
import Testing

@Suite struct Base64URLTests {
    @Test(
        arguments: [
            "Zg==", "Zg=", "Zh", "Zm9=", "Zm8=", "Zm9", "Z", "Zm9vY", "Zm 9", "Zm9v\n", " Zm9v", "Zm+v", "Zm/v", "Zm9.", "Zm\u{0}v",
            "Zmé", "Ｚm9v", "====",
        ])
    func otherSpellingsAreRefused(text: String) {
        #expect(Base64URL.decode(text) == nil)
        let count = Base64URL.decodedCount(text.utf8.count) ?? 3
        var out = [UInt8](repeating: 0xa5, count: count)
        #expect(!decode(Array(text.utf8), into: &out))
        #expect(out == [UInt8](repeating: 0, count: count))
    }

    @Test func onlyTheSixtyFourCharactersAreAccepted() {
        let alphabet = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
        for byte in UInt8.min...UInt8.max {
            // A word of eight characters, and a group of four behind it.
            for position in 0..<12 {
                var text = Array("AAAAAAAAAAAA".utf8)
                text[position] = byte
                var out = [UInt8](repeating: 0, count: 9)
                #expect(decode(text, into: &out) == alphabet.contains(byte))
            }
        }
    }

    @Test func anOutputOfTheWrongSizeIsRefused() {
        for count in [0, 2, 4] {
            var out = [UInt8](repeating: 0xa5, count: count)
            #expect(!decode(Array("Zm9v".utf8), into: &out))
            #expect(out == [UInt8](repeating: 0, count: count))
            var text = [UInt8](repeating: 0, count: count)
            let bytes: [UInt8] = [1, 2]
            #expect(throws: PrimitiveError.invalidLength(expected: 3, actual: count)) {
                var elements = text.mutableSpan
                var span = unsafe elements.mutableBytes
                try unsafe Base64URL.encode(bytes.span.bytes, into: &span)
            }
        }
    }

    @Test(arguments: [
        ("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"), ("fooba", "Zm9vYmE"), ("foobar", "Zm9vYmFy"),
    ])
    func vectorsOfRFC4648PassBothWays(plain: String, text: String) {
        #expect(unsafe Base64URL.encode(Array(plain.utf8).span.bytes) == text)
        #expect(Base64URL.decode(text) == Array(plain.utf8))
    }

    @Test func everyLengthAgreesWithFoundationAndComesBack() throws {
        for count in 0...200 {
            let bytes = Random.bytes(count)
            let text = unsafe Base64URL.encode(bytes.span.bytes)
            let other = Data(bytes).base64EncodedString().replacingOccurrences(of: "+", with: "-")
                .replacingOccurrences(of: "/", with: "_").replacingOccurrences(of: "=", with: "")
            #expect(text == other)
            #expect(Base64URL.decode(text) == bytes)
            #expect(Base64URL.encodedCount(count) == text.utf8.count)
            #expect(Base64URL.decodedCount(text.utf8.count) == count)
            var ascii = [UInt8](repeating: 0, count: text.utf8.count)
            do {
                var elements = ascii.mutableSpan
                var span = unsafe elements.mutableBytes
                try unsafe Base64URL.encode(bytes.span.bytes, into: &span)
            }
            #expect(ascii == Array(text.utf8))
        }
    }

    private func decode(_ text: [UInt8], into out: inout [UInt8]) -> Bool {
        var elements = out.mutableSpan
        var span = unsafe elements.mutableBytes
        return unsafe Base64URL.decode(from: text.span.bytes, into: &span)
    }
}
