import Model
import TacitTesting
import Testing

@testable import Envelope

@Suite("Destination bytes")
struct DestinationCodingTests {
    @Test(
        "are refused where they are not canonical",
        arguments: try TestVector.load("envelope", prefix: "destination-bad-", required: ["destination"]))
    func refuses(vector: TestVector) throws {
        try check(vector) { _ = try DestinationCoding.decode(vector.bytes("destination")) }
    }

    @Test("decode to the destination and encode to the same bytes", arguments: try good())
    func roundTrips(vector: TestVector) throws {
        let bytes = try vector.bytes("destination")
        let expected = try Destination(
            url: vector.text("url"), allowedPrefixes: prefixes(vector.text("allowed")), deniedPrefixes: prefixes(vector.text("denied")),
            allowsPrivateAddresses: vector.number("private") == 1, allowsPlaintext: vector.number("plaintext") == 1)
        #expect(try DestinationCoding.decode(bytes) == expected)
        #expect(try DestinationCoding.encode(expected) == bytes)
        for count in 0..<bytes.count {
            #expect(throws: EnvelopeError.self) { _ = try DestinationCoding.decode(Array(bytes.prefix(count))) }
        }
    }

    @Test("are refused above 8 192 bytes")
    func refusesTooLarge() throws {
        let prefixes = try (0..<100).map { try PathPrefix("/" + String(repeating: "a", count: 100) + "\($0)") }
        let destination = try Destination(url: "https://a.example", allowedPrefixes: prefixes)
        #expect(throws: EnvelopeError.tooLarge("destination")) { _ = try DestinationCoding.encode(destination) }
        #expect(throws: EnvelopeError.tooLarge("destination")) { _ = try DestinationCoding.decode([UInt8](repeating: 0, count: 8193)) }
    }

    private func prefixes(_ text: String) throws -> [PathPrefix] {
        try text.split(separator: " ").map { try PathPrefix($0) }
    }

    private static func good() throws -> [TestVector] {
        let keys: Set<String> = ["url", "private", "plaintext", "allowed", "denied", "destination"]
        return try ["https", "root", "p", "ipv6"].flatMap { try TestVector.load("envelope", prefix: "destination-\($0)", required: keys) }
    }
}
