import Model
import Testing

@Suite("Blobs")
struct BlobTests {
    @Test(
        "refuse padding, foreign characters, impossible lengths and set bits behind the last byte",
        arguments: [
            "A", "AAAAA", "AA==", "AAA=", "AB", "AAB", "_x", "AA ", " AA", "A+AA", "A/AA", "AA\n", "AÄ", "AA.", "QUJDRA==", "QR",
        ])
    func refuses(text: String) {
        #expect(Blob(text: text) == nil)
    }

    @Test(
        "have exactly one text",
        arguments: [
            ([], ""), ([0], "AA"), ([0, 0], "AAA"), ([0, 0, 0], "AAAA"), ([0xff], "_w"), ([0xfb, 0xff], "-_8"),
            ([0x41, 0x42, 0x43, 0x44], "QUJDRA"),
        ] as [([UInt8], String)])
    func encodes(bytes: [UInt8], text: String) {
        #expect(Blob(bytes).text == text)
        #expect(Blob(text: text) == Blob(bytes))
    }

    @Test("come back from their text at every length")
    func roundTrips() {
        for count in 0..<100 {
            let blob = Blob((0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ count) })
            #expect(Blob(text: blob.text) == blob)
        }
    }

    @Test("with two characters only are accepted in one of sixteen forms")
    func oneTextPerByte() {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        let accepted = alphabet.flatMap { first in alphabet.filter { Blob(text: String([first, $0])) != nil } }
        #expect(accepted.count == 256)
    }

    @Test("as ids have 16 bytes")
    func ids() throws {
        #expect(AccountID(bytes: [UInt8](repeating: 1, count: 15)) == nil)
        #expect(AccountID(bytes: [UInt8](repeating: 1, count: 17)) == nil)
        #expect(AccountID(text: String(repeating: "A", count: 21)) == nil)
        #expect(AccountID(text: String(repeating: "A", count: 21) + "B") == nil)
        let id = try #require(AccountID(bytes: Array(1...16)))
        #expect(id.description == "AQIDBAUGBwgJCgsMDQ4PEA")
        #expect(AccountID(text: id.description) == id)
    }
}
