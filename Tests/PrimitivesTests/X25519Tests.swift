import Primitives
import SecretMemory
import TacitTesting
import Testing

@Suite struct X25519Tests {
    @Test(
        arguments: try TestVector.load(
            "primitives", prefix: "x25519-", required: ["seed", "peer"], optional: ["public-key", "shared-secret"]))
    func vectorsAgreeOrAreRefused(_ vector: TestVector) throws {
        let seed = try vector.bytes("seed")
        let key = try X25519PrivateKey(seed: SecretBytes(copying: unsafe seed.span.bytes))
        let peer = try vector.bytes("peer")
        try expectOutcome(vector) {
            let shared = try key.sharedSecret(with: X25519PublicKey(bytes: peer))
            #expect(try shared.exposed == vector.bytes("shared-secret"))
            #expect(try key.publicKey.bytes == vector.bytes("public-key"))
            let lent = key.withSeed { SecretBytes(copying: $0).exposed }
            #expect(lent == seed)
        }
    }

    @Test func aSeedOfAnotherLengthIsRefused() {
        for count in [1, 31, 33] {
            #expect(throws: PrimitiveError.invalidLength(expected: 32, actual: count)) {
                _ = try X25519PrivateKey(seed: Random.secret(count))
            }
        }
    }

    @Test func twoNewKeysAgree() throws {
        let first = X25519PrivateKey()
        let second = X25519PrivateKey()
        let (one, other) = try (first.sharedSecret(with: second.publicKey).exposed, second.sharedSecret(with: first.publicKey).exposed)
        #expect(one == other)
        let keys = (first.publicKey, second.publicKey)
        #expect(keys.0 != keys.1)
    }
}
