import SecretMemory
import Testing

@testable import Envelope

@Suite("Passphrases")
struct PassphraseTests {
    @Test(
        "are refused when empty, too long, with control characters or not UTF-8",
        arguments: [
            [], [UInt8](repeating: 97, count: 1025), [0x61, 0x0a], [0x61, 0x00], [0x7f], [0x61, 0xff], [0xc3], [0xed, 0xa0, 0x80],
        ])
    func refuses(bytes: [UInt8]) {
        #expect(throws: EnvelopeError.self) { _ = try normalize(bytes) }
    }

    @Test(
        "are the same however a keyboard composes them",
        arguments: [
            ("plain ascii", "plain ascii"), ("e\u{301}", "\u{e9}"), ("A\u{30a}", "\u{c5}"), ("\u{212b}", "\u{c5}"),
            ("\u{1112}\u{1161}\u{11ab}", "\u{d55c}"),
            ("q\u{307}\u{323}", "q\u{323}\u{307}"), ("\u{fb01}", "\u{fb01}"), ("漢字", "漢字"), ("🔑 key", "🔑 key"),
        ])
    func normalizes(typed: String, expected: String) throws {
        #expect(try normalize(Array(typed.utf8)) == Array(expected.utf8))
    }

    private func normalize(_ bytes: [UInt8]) throws -> [UInt8] {
        try Passphrase.normalize(unsafe bytes.span.bytes).exposed()
    }
}
