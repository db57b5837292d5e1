import Primitives
import SecretMemory
import TacitTesting
import Testing

@Suite struct AES256GCMTests {
    static func vectors() throws -> [TestVector] {
        try TestVector.load("primitives", prefix: "aes-256-gcm-", required: ["key", "nonce", "aad", "plaintext", "ciphertext", "tag"])
    }

    @Test(arguments: try vectors())
    func vectorsOpenIntoTheCallersMemoryOrLeaveItWiped(_ vector: TestVector) throws {
        let (key, nonce, aad) = try (vector.bytes("key"), vector.bytes("nonce"), vector.bytes("aad"))
        let sealed = try vector.bytes("ciphertext") + vector.bytes("tag")
        var out = [UInt8](repeating: 0xa5, count: max(0, sealed.count - AES256GCM.tagCount))
        try expectOutcome(vector) {
            var elements = out.mutableSpan
            var span = unsafe elements.mutableBytes
            try unsafe AES256GCM.decrypt(sealed.span.bytes, key: key.span.bytes, nonce: nonce.span.bytes, aad: aad.span.bytes, into: &span)
        }
        let wiped = [UInt8](repeating: 0, count: out.count)
        #expect(try out == (vector.expectation == .success ? vector.bytes("plaintext") : wiped))
    }

    @Test(arguments: try vectors())
    func vectorsOpenIntoGuardedMemoryOrNotAtAll(_ vector: TestVector) throws {
        let (key, nonce, aad) = try (vector.bytes("key"), vector.bytes("nonce"), vector.bytes("aad"))
        let sealed = try vector.bytes("ciphertext") + vector.bytes("tag")
        guard sealed.count != AES256GCM.tagCount else {
            #expect(throws: PrimitiveError.invalidLength(expected: 17, actual: 16)) {
                _ = try unsafe AES256GCM.decrypt(sealed.span.bytes, key: key.span.bytes, nonce: nonce.span.bytes, aad: aad.span.bytes)
            }
            return
        }
        try expectOutcome(vector) {
            let opened = try unsafe AES256GCM.decrypt(
                sealed.span.bytes, key: key.span.bytes, nonce: nonce.span.bytes, aad: aad.span.bytes)
            #expect(try opened.exposed == vector.bytes("plaintext"))
        }
    }

    @Test(arguments: try vectors().filter { $0.expectation == .success })
    func vectorsEncryptToTheirCiphertextAndTag(_ vector: TestVector) throws {
        let (key, nonce, aad) = try (vector.bytes("key"), vector.bytes("nonce"), vector.bytes("aad"))
        let plaintext = try vector.bytes("plaintext")
        let sealed = try unsafe AES256GCM.encrypt(
            plaintext.span.bytes, key: key.span.bytes, nonce: nonce.span.bytes, aad: aad.span.bytes)
        #expect(try sealed == vector.bytes("ciphertext") + vector.bytes("tag"))
    }

    @Test func anOutputOfTheWrongSizeIsRefusedAndWiped() throws {
        let (key, nonce, aad, plaintext) = (Random.bytes(32), Random.bytes(12), [UInt8](), Random.bytes(3))
        let sealed = try unsafe AES256GCM.encrypt(
            plaintext.span.bytes, key: key.span.bytes, nonce: nonce.span.bytes, aad: aad.span.bytes)
        for count in [2, 4] {
            var out = [UInt8](repeating: 0xa5, count: count)
            #expect(throws: PrimitiveError.invalidLength(expected: 3, actual: count)) {
                var elements = out.mutableSpan
                var span = unsafe elements.mutableBytes
                try unsafe AES256GCM.decrypt(
                    sealed.span.bytes, key: key.span.bytes, nonce: nonce.span.bytes, aad: aad.span.bytes, into: &span)
            }
            #expect(out == [UInt8](repeating: 0, count: count))
        }
    }

    @Test func encryptionRefusesKeysAndNoncesOfOtherLengths() {
        for (keyCount, nonceCount) in [(31, 12), (33, 12), (0, 12), (32, 11), (32, 13), (32, 0)] {
            let (key, nonce, aad) = (Random.bytes(keyCount), Random.bytes(nonceCount), [UInt8]())
            let error = PrimitiveError.invalidLength(expected: keyCount == 32 ? 12 : 32, actual: keyCount == 32 ? nonceCount : keyCount)
            #expect(throws: error) {
                _ = try unsafe AES256GCM.encrypt(aad.span.bytes, key: key.span.bytes, nonce: nonce.span.bytes, aad: aad.span.bytes)
            }
        }
    }

    @Test func manyThreadsDoNotDisturbEachOther() async throws {
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    let (key, nonce, aad) = (Random.bytes(32), Random.bytes(12), Random.bytes(20))
                    for count in 1...200 {
                        let plaintext = Random.bytes(count)
                        let sealed = try unsafe AES256GCM.encrypt(
                            plaintext.span.bytes, key: key.span.bytes, nonce: nonce.span.bytes, aad: aad.span.bytes)
                        let opened = try unsafe AES256GCM.decrypt(
                            sealed.span.bytes, key: key.span.bytes, nonce: nonce.span.bytes, aad: aad.span.bytes)
                        guard opened.exposed == plaintext else { return false }
                    }
                    return true
                }
            }
            for try await worked in group { #expect(worked) }
        }
    }
}
