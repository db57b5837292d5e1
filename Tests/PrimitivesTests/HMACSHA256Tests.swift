import Primitives
import TacitTesting
import Testing

@Suite struct HMACSHA256Tests {
    @Test(arguments: try TestVector.load("primitives", prefix: "hmac-sha-256-", required: ["key", "message", "tag"]))
    func vectorsGiveTheirTag(_ vector: TestVector) throws {
        let (key, message) = try (vector.bytes("key"), vector.bytes("message"))
        var out = [UInt8](repeating: 0xa5, count: HMACSHA256.tagCount)
        try expectOutcome(vector) {
            var elements = out.mutableSpan
            var span = unsafe elements.mutableBytes
            try unsafe HMACSHA256.authenticate(message.span.bytes, key: key.span.bytes, into: &span)
        }
        #expect(try out == vector.bytes("tag"))
        #expect(unsafe HMACSHA256.authenticate(message.span.bytes, key: key.span.bytes) == out)
    }

    @Test func anOutputOfAnotherLengthIsRefused() {
        for count in [0, 31, 33] {
            var out = [UInt8](repeating: 0, count: count)
            let (message, key): ([UInt8], [UInt8]) = ([1], [2])
            #expect(throws: PrimitiveError.invalidLength(expected: 32, actual: count)) {
                var elements = out.mutableSpan
                var span = unsafe elements.mutableBytes
                try unsafe HMACSHA256.authenticate(message.span.bytes, key: key.span.bytes, into: &span)
            }
        }
    }
}
