import Model
import SecretMemory
import TacitTesting
import Testing

@testable import Envelope

@Suite("Key ciphertexts")
struct KeyCiphertextTests {
    @Test(
        "open with exactly their DEK and context",
        arguments: try TestVector.load("envelope", prefix: "key-ciphertext-", required: ["dek", "context", "ciphertext", "provider-key"]))
    func matchesVector(vector: TestVector) throws {
        try check(vector) {
            let opened = try open(vector.bytes("ciphertext"), dek: vector.bytes("dek"), context: vector.bytes("context"))
            #expect(opened == (try vector.bytes("provider-key")))
        }
    }

    @Test("leave nothing in the caller's memory where they do not open")
    func wipesOnFailure() throws {
        let context = try Fixture.context()
        let ciphertext = try encrypt(Fixture.providerKey, context)
        for (altered, count) in [(ciphertext.bytes, 44), (Array(ciphertext.bytes.dropLast()), 43), (Array(ciphertext.bytes.prefix(28)), 8)]
        {
            var out = [UInt8](repeating: 0xff, count: count)
            #expect(throws: EnvelopeError.self) {
                var elements = out.mutableSpan
                var span = unsafe elements.mutableBytes
                let wrong = Fixture.run(9, 32)
                try KeyCiphertext.open(
                    unsafe altered.span.bytes, dek: unsafe wrong.span.bytes, context: unsafe context.ciphertext.bytes.span.bytes,
                    into: &span)
            }
            #expect(out == [UInt8](repeating: 0, count: count))
        }
    }

    @Test("are refused for an output of another size")
    func refusesOutputSize() throws {
        let context = try Fixture.context()
        let ciphertext = try encrypt(Fixture.providerKey, context)
        for count in [0, 1, 43, 45] {
            #expect(throws: EnvelopeError.self) {
                try open(ciphertext.bytes, dek: Fixture.run(0x80, 32), context: context.ciphertext.bytes, count: count)
            }
        }
    }

    @Test("are made for 1 to 16 384 bytes only")
    func sizes() throws {
        let context = try Fixture.context()
        #expect(throws: EnvelopeError.self) { try encrypt([], context) }
        #expect(throws: EnvelopeError.tooLarge("provider key")) { try encrypt([UInt8](repeating: 1, count: 16_385), context) }
        for count in [1, 16_384] {
            let value = [UInt8](repeating: 7, count: count)
            let ciphertext = try encrypt(value, context)
            #expect(ciphertext.bytes.count == count + KeyCiphertext.overhead)
            #expect(KeyCiphertext.plaintextCount(of: ciphertext.bytes.count) == count)
            #expect(try open(ciphertext.bytes, dek: Fixture.run(0x80, 32), context: context.ciphertext.bytes) == value)
        }
        for count in [-1, 0, 28, 28 + 16_385, Int.max] { #expect(KeyCiphertext.plaintextCount(of: count) == nil) }
    }

    @Test("never repeat a nonce")
    func noncesDiffer() throws {
        let context = try Fixture.context()
        let made = try (0..<8).map { _ in try encrypt(Fixture.providerKey, context) }
        #expect(Set(made.map { Array($0.bytes.prefix(12)) }).count == 8)
    }

    private func encrypt(_ value: [UInt8], _ context: KeyContext) throws -> Blob {
        try Fixture.dek().encrypt(unsafe value.span.bytes, context: context)
    }

    @discardableResult
    private func open(_ ciphertext: [UInt8], dek: [UInt8], context: [UInt8], count: Int? = nil) throws -> [UInt8] {
        var out = [UInt8](repeating: 0, count: count ?? max(ciphertext.count - 28, 0))
        var elements = out.mutableSpan
        var span = unsafe elements.mutableBytes
        try KeyCiphertext.open(unsafe ciphertext.span.bytes, dek: unsafe dek.span.bytes, context: unsafe context.span.bytes, into: &span)
        return out
    }
}
