import Foundation
import SecretMemory
import Testing

@testable import Custody

@Suite struct Base64Tests {
    @Test(arguments: [
        "A", "AA", "AAA", "AA=A", "====", "A===", "AAAA=", "AB==", "AAB=", "-_-_", "AA A", "AAA\n", "AA==AA==", "AAA=\n", "é===",
    ])
    func `refuses every other form`(text: String) {
        #expect(unsafe Base64.decode(Array(text.utf8).span.bytes) == nil)
    }

    @Test func `agrees with another implementation, both ways`() {
        var generator = SystemRandomNumberGenerator()
        for count in 0...200 {
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
            let text = Array(Data(bytes).base64EncodedString().utf8)
            #expect(Base64.encode(bytes) == text)
            #expect(unsafe Base64.decode(text.span.bytes) == bytes)
        }
    }
}
