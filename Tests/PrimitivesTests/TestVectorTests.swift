import TacitTesting
import Testing

@Suite struct TestVectorTests {
    @Test(
        arguments: [
            "source: s\nexpect: success\nkye: 00", "source: s\nexpect: success", "source: s\nkey: 00", "expect: success\nkey: 00",
            "source: s\nexpect: success\nkey: 00\nkey: 00", "source: s\nexpect: maybe\nkey: 00", "source: s\nexpect: failure\nkey: 00",
            "source: s\nexpect: success\nkey 00", "source: s\nexpect: success\nkey:00", "source:\nexpect: success\nkey: 00",
        ])
    func aFaultyFileIsRefused(text: String) {
        #expect(throws: VectorError.self) { _ = try TestVector(name: "v", text: text, required: ["key"]) }
    }

    @Test func aFolderWithoutVectorsIsRefused() {
        #expect(throws: VectorError.self) { _ = try TestVector.load("primitives", prefix: "no-such-", required: []) }
    }

    @Test(arguments: ["0", "0G", "AB", "é", "0 "])
    func bytesThatAreNoHexadecimalAreRefused(value: String) throws {
        let vector = try TestVector(name: "v", text: "source: s\nexpect: success\nkey: \(value)", required: ["key"])
        #expect(throws: VectorError.self) { _ = try vector.bytes("key") }
    }

    @Test func aFileGivesItsValues() throws {
        let text = "# note\nsource: s: t\nexpect: failure reason\nkey: 00ff\nnumber: 12\nempty:\n"
        let vector = try TestVector(name: "v", text: text, required: ["key", "number"], optional: ["empty", "other"])
        #expect(vector.source == "s: t" && vector.expectation == .failure("reason"))
        #expect(try vector.bytes("key") == [0, 255])
        #expect(try vector.bytes("empty") == [])
        #expect(try vector.number("number") == 12)
        #expect(!vector.has("other"))
    }
}
