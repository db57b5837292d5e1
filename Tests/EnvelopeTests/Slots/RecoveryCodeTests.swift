import SecretMemory
import TacitTesting
import Testing

@testable import Envelope

@Suite("Recovery codes")
struct RecoveryCodeTests {
    @Test(
        "are read as people type them, and with their checksum only",
        arguments: try TestVector.load(
            "envelope", prefix: "recovery-code-", required: ["text", "secret", "canonical"]))
    func matchesVector(vector: TestVector) throws {
        try check(vector) {
            let code = try read(vector.bytes("text"))
            #expect(code.withBytes { SecretBytes(copying: $0) }.exposed() == (try vector.bytes("secret")))
            #expect(code.text().exposed() == Array(try vector.text("canonical").utf8))
        }
    }

    @Test("with one character altered are refused")
    func refusesTypingErrors() throws {
        let text = try RecoveryCode(secret: Fixture.secret(Fixture.run(0xf0, 16))).text().exposed()
        for index in text.indices where text[index] != UInt8(ascii: "-") {
            var altered = text
            altered[index] = text[index] == UInt8(ascii: "5") ? UInt8(ascii: "6") : UInt8(ascii: "5")
            #expect(throws: EnvelopeError.self) { _ = try read(altered) }
        }
    }

    @Test("come back from their own text, and are never the same twice")
    func roundTrips() throws {
        var texts = Set<[UInt8]>()
        for _ in 0..<64 {
            let text = RecoveryCode().text().exposed()
            #expect(text.count == RecoveryCode.textCount)
            #expect(try read(text).text().exposed() == text)
            texts.insert(text)
        }
        #expect(texts.count == 64)
    }

    @Test("have 16 bytes, and at most 256 characters typed")
    func refusesLengths() {
        #expect(throws: EnvelopeError.self) { _ = try RecoveryCode(secret: Fixture.secret(Fixture.run(0, 15))) }
        #expect(throws: EnvelopeError.tooLarge("recovery code")) { _ = try read([UInt8](repeating: 0x20, count: 257)) }
    }

    private func read(_ text: [UInt8]) throws -> RecoveryCode {
        try RecoveryCode(reading: unsafe text.span.bytes)
    }
}
