import Primitives
import SecretMemory
import TacitTesting
import Testing

@Suite struct Ed25519Tests {
    static func vectors() throws -> [TestVector] {
        try TestVector.load("primitives", prefix: "ed25519-", required: ["public-key", "message", "signature"], optional: ["seed"])
    }

    @Test(arguments: try vectors())
    func vectorsAreAcceptedOrRefused(_ vector: TestVector) throws {
        let (bytes, message, signature) = try (vector.bytes("public-key"), vector.bytes("message"), vector.bytes("signature"))
        let outcome: VectorExpectation
        do throws(PrimitiveError) {
            let key = try Ed25519PublicKey(bytes: bytes)
            let valid = unsafe key.isValidSignature(signature.span.bytes, for: message.span.bytes)
            outcome = valid ? .success : .failure("invalidSignature")
        } catch {
            outcome = .failure(error.name)
        }
        #expect(outcome == vector.expectation, "\(vector.source)")
    }

    @Test(arguments: try vectors().filter { $0.expectation == .success })
    func vectorsGiveTheirPublicKeyAndSignature(_ vector: TestVector) throws {
        let seed = try vector.bytes("seed")
        let message = try vector.bytes("message")
        let key = try Ed25519PrivateKey(seed: SecretBytes(copying: unsafe seed.span.bytes))
        #expect(try key.publicKey.bytes == vector.bytes("public-key"))
        #expect(try unsafe key.sign(message.span.bytes) == vector.bytes("signature"))
        let lent = key.withSeed { SecretBytes(copying: $0).exposed }
        #expect(lent == seed)
    }

    @Test func aSeedOfAnotherLengthIsRefused() {
        for count in [1, 31, 33, 64] {
            #expect(throws: PrimitiveError.invalidLength(expected: 32, actual: count)) {
                _ = try Ed25519PrivateKey(seed: Random.secret(count))
            }
        }
    }

    @Test func oneAlteredBitAnywhereMakesASignatureInvalid() {
        let key = Ed25519PrivateKey()
        let message = Array("message".utf8)
        let signature = unsafe key.sign(message.span.bytes)
        #expect(unsafe key.publicKey.isValidSignature(signature.span.bytes, for: message.span.bytes))
        for bit in 0..<signature.count * 8 {
            var altered = signature
            altered[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(unsafe !key.publicKey.isValidSignature(altered.span.bytes, for: message.span.bytes))
        }
    }

    @Test func newKeysDifferAndTheirPublicHalvesPassTheCheckForOnesFromOutside() throws {
        let (first, second) = (Ed25519PrivateKey().publicKey, Ed25519PrivateKey().publicKey)
        #expect(first != second)
        #expect(try Ed25519PublicKey(bytes: first.bytes) == first)
    }
}
