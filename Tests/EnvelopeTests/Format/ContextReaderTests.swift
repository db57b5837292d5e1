import TacitTesting
import Testing

@testable import Envelope

@Suite("Contexts")
struct ContextReaderTests {
    @Test(
        "refuses bytes that are not exactly the context",
        arguments: try TestVector.load("envelope", prefix: "context-bad-", required: ["label", "context"]))
    func refuses(vector: TestVector) throws {
        let kind = try kind(vector.text("label"))
        try check(vector) { _ = try ContextReader(vector.bytes("context"), kind: kind) }
    }

    @Test("refuses every context cut at every length", arguments: try good())
    func refusesTruncated(vector: TestVector) throws {
        let bytes = try vector.bytes("context")
        let kind = try kind(vector.text("label"))
        for count in 0..<bytes.count {
            #expect(throws: EnvelopeError.self) { _ = try ContextReader(Array(bytes.prefix(count)), kind: kind) }
        }
    }

    @Test("refuses a byte after every context", arguments: try good())
    func refusesTrailing(vector: TestVector) throws {
        let bytes = try vector.bytes("context") + [0]
        let kind = try kind(vector.text("label"))
        #expect(throws: EnvelopeError.self) { _ = try ContextReader(bytes, kind: kind) }
    }

    @Test("refuses every context under every other label", arguments: try good())
    func refusesOtherKinds(vector: TestVector) throws {
        let bytes = try vector.bytes("context")
        let own = try kind(vector.text("label"))
        for other in ContextKind.allCases where other != own {
            #expect(throws: EnvelopeError.self) { _ = try ContextReader(bytes, kind: other) }
        }
    }

    @Test("refuses more than 65 536 bytes before taking them apart")
    func refusesTooLarge() {
        #expect(throws: EnvelopeError.tooLarge("tacit/policy/v1")) {
            _ = try ContextReader([UInt8](repeating: 0, count: 65_537), kind: .policy)
        }
    }

    @Test("writes again exactly what it read", arguments: try good())
    func roundTrips(vector: TestVector) throws {
        let bytes = try vector.bytes("context")
        let kind = try kind(vector.text("label"))
        let reader = try ContextReader(bytes, kind: kind)
        let fields = try kind.tags.map { ContextField($0, try reader.bytes($0)) }
        let written = try ContextBytes(kind, fields)
        #expect(written.bytes == bytes)
        #expect(written.label == kind.label)
        #expect(written.hpkeInfo == [UInt8(kind.label.utf8.count)] + kind.label.utf8)
    }

    @Test("whatever bit of a context is turned over, it is refused or stands for something else", arguments: try good())
    func noBitIsWithoutMeaning(vector: TestVector) throws {
        let bytes = try vector.bytes("context")
        let kind = try kind(vector.text("label"))
        let original = try ContextReader(bytes, kind: kind)
        for index in bytes.indices {
            for bit in 0..<8 {
                var altered = bytes
                altered[index] ^= 1 << bit
                guard let reader = try? ContextReader(altered, kind: kind) else { continue }
                let differs = try kind.tags.contains { try reader.bytes($0) != original.bytes($0) }
                #expect(differs, "byte \(index) bit \(bit)")
            }
        }
    }

    @Test("writes no field that is missing, foreign, twice or out of order")
    func writerRefuses() throws {
        let account = ContextField(.accountID, Fixture.run(1, 16))
        let epoch = ContextField(.epoch, UInt32(1))
        let key = ContextField(.accountPublicKey, Fixture.run(1, 32))
        for fields in [
            [], [account], [account, epoch], [account, key], [epoch, account, key], [account, account, epoch, key],
            [account, epoch, key, key],
        ] {
            #expect(throws: EnvelopeError.self) { _ = try ContextBytes(.accountKey, fields) }
        }
        #expect(throws: Never.self) { _ = try ContextBytes(.accountKey, [account, epoch, key]) }
    }

    @Test("there is a vector for every kind, and labels and tags keep the rules")
    func registryIsComplete() throws {
        let labels = Set(try Self.good().map { try $0.text("label") })
        #expect(labels == Set(ContextKind.allCases.map(\.label)))
        #expect(labels.count == ContextKind.allCases.count)
        for kind in ContextKind.allCases {
            #expect(zip(kind.tags, kind.tags.dropFirst()).allSatisfy { $0.rawValue < $1.rawValue })
        }
    }

    private static func good() throws -> [TestVector] {
        try TestVector.load("envelope", prefix: "context-", required: ["label", "context"]).filter { $0.expectation == .success }
    }
}
