import Primitives
import SecretMemory
import TacitTesting
import Testing

@Suite struct HPKETests {
    @Test(
        arguments: try TestVector.load(
            "primitives", prefix: "hpke-", required: ["seed", "info", "aad", "sealed"], optional: ["public-key", "plaintext"]))
    func vectorsOpenOrAreRefused(_ vector: TestVector) throws {
        let seed = try vector.bytes("seed")
        let key = try X25519PrivateKey(seed: SecretBytes(copying: unsafe seed.span.bytes))
        let (info, aad, sealed) = try (vector.bytes("info"), vector.bytes("aad"), vector.bytes("sealed"))
        try expectOutcome(vector) {
            let opened = try unsafe HPKE.open(sealed.span.bytes, with: key, info: info.span.bytes, aad: aad.span.bytes)
            #expect(try opened.exposed == vector.bytes("plaintext"))
            #expect(try key.publicKey.bytes == vector.bytes("public-key"))
        }
    }

    @Test func oneAlteredBitAnywhereKeepsASealShut() throws {
        let key = X25519PrivateKey()
        let (info, aad, plaintext) = (Array("info".utf8), Array("aad".utf8), Array("plaintext".utf8))
        let sealed = try unsafe HPKE.seal(plaintext.span.bytes, to: key.publicKey, info: info.span.bytes, aad: aad.span.bytes)
        // The top bit of an X25519 key is not part of the number, but HPKE binds the bytes: it must count too.
        for index in sealed.indices {
            var altered = sealed
            altered[index] ^= 0x80
            #expect(throws: PrimitiveError.authenticationFailed) {
                _ = try unsafe HPKE.open(altered.span.bytes, with: key, info: info.span.bytes, aad: aad.span.bytes)
            }
        }
    }

    @Test(arguments: [1, 13, 14, 15, 16, 32, 1000, 70_000])
    func whatIsSealedOpensAgain(count: Int) throws {
        let key = X25519PrivateKey()
        let (info, plaintext, none) = (Random.bytes(20), Random.bytes(count), [UInt8]())
        let sealed = try unsafe HPKE.seal(plaintext.span.bytes, to: key.publicKey, info: info.span.bytes, aad: none.span.bytes)
        #expect(sealed.count == count + HPKE.overhead)
        let opened = try unsafe HPKE.open(sealed.span.bytes, with: key, info: info.span.bytes, aad: none.span.bytes)
        #expect(opened.exposed == plaintext)
    }

    @Test func sealingTwiceGivesTwoSeals() throws {
        let key = X25519PrivateKey().publicKey
        let (one, none): ([UInt8], [UInt8]) = ([1], [])
        let first = try unsafe HPKE.seal(one.span.bytes, to: key, info: none.span.bytes, aad: none.span.bytes)
        let second = try unsafe HPKE.seal(one.span.bytes, to: key, info: none.span.bytes, aad: none.span.bytes)
        #expect(first[..<32] != second[..<32])
    }
}
