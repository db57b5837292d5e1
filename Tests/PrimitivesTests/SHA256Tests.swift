import Primitives
import TacitTesting
import Testing

@Suite struct SHA256Tests {
    @Test(arguments: try TestVector.load("primitives", prefix: "sha-256-", required: ["message", "digest"]))
    func vectorsGiveTheirDigestWholeAndInParts(_ vector: TestVector) throws {
        let message = try vector.bytes("message")
        let digest = try vector.bytes("digest")
        #expect(unsafe SHA256.hash(message.span.bytes) == digest)
        for cut in 0...message.count {
            var hasher = SHA256Hasher()
            unsafe hasher.update(message.span.bytes.extracting(0..<cut))
            unsafe hasher.update(message.span.bytes.extracting(cut..<message.count))
            let parts = hasher.finalize()
            #expect(parts == digest)
        }
    }
}
