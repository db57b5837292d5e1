import Model
import TacitTesting
import Testing

@testable import Envelope

@Suite("Injection bytes")
struct InjectionCodingTests {
    @Test(
        "are refused where they are not canonical",
        arguments: try TestVector.load("envelope", prefix: "injection-bad-", required: ["injection"]))
    func refuses(vector: TestVector) throws {
        try check(vector) { _ = try InjectionCoding.decode(vector.bytes("injection")) }
    }

    @Test("decode to the injection and encode to the same bytes", arguments: try good())
    func roundTrips(vector: TestVector) throws {
        let bytes = try vector.bytes("injection")
        let expected: Injection =
            switch try vector.text("kind") {
            case "header":
                try .header(name: vector.text("name"), prefix: text(vector.bytes("prefix")), suffix: text(vector.bytes("suffix")))
            case "query": try .query(name: vector.text("name"))
            default: try .basic(user: text(vector.bytes("user")))
            }
        #expect(try InjectionCoding.decode(bytes) == expected)
        #expect(try InjectionCoding.encode(expected) == bytes)
        for count in 0..<bytes.count {
            #expect(throws: EnvelopeError.self) { _ = try InjectionCoding.decode(Array(bytes.prefix(count))) }
        }
    }

    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    private static func good() throws -> [TestVector] {
        let optional: Set<String> = ["name", "prefix", "suffix", "user"]
        return try ["bearer", "header", "suffix", "query", "basic"].flatMap {
            try TestVector.load("envelope", prefix: "injection-\($0)", required: ["kind", "injection"], optional: optional)
        }
    }
}
