import SecretMemory
import TacitTesting
import Testing

@testable import Primitives

/// Where the processor has AES instructions libsodium decrypts; elsewhere OpenSSL does, with the same outcomes.
@Suite struct AES256GCMPortableTests {
    static func vectors() throws -> [TestVector] {
        try TestVector.load("primitives", prefix: "aes-256-gcm-", required: ["key", "nonce", "aad", "plaintext", "ciphertext", "tag"])
            .filter { try $0.bytes("key").count == 32 && $0.bytes("nonce").count == 12 && $0.bytes("tag").count == 16 }
    }

    @Test(arguments: try vectors())
    func decryptsAsTheVectorsSay(_ vector: TestVector) throws {
        let (key, nonce, aad) = try (vector.bytes("key"), vector.bytes("nonce"), vector.bytes("aad"))
        let sealed = try vector.bytes("ciphertext") + vector.bytes("tag")
        var out = [UInt8](repeating: 0, count: sealed.count - AES256GCM.tagCount)
        try expectOutcome(vector) {
            var elements = out.mutableSpan
            var span = unsafe elements.mutableBytes
            try unsafe AES256GCM.decryptPortably(
                sealed.span.bytes, key: key.span.bytes, nonce: nonce.span.bytes, aad: aad.span.bytes, into: &span)
        }
        if vector.expectation == .success { #expect(try out == vector.bytes("plaintext")) }
    }
}
