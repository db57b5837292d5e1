import Primitives
import SecretMemory
import TacitTesting
import Testing

@Suite struct HKDFSHA256Tests {
    static func vectors() throws -> [TestVector] {
        try TestVector.load(
            "primitives", prefix: "hkdf-sha-256-", required: ["secret", "salt", "info", "count"],
            optional: ["pseudorandom-key", "output", "output-sha-256"])
    }

    @Test(arguments: try vectors())
    func vectorsGiveTheirKeysInOneStepAndInTwo(_ vector: TestVector) throws {
        let (secret, salt, info) = try (vector.bytes("secret"), vector.bytes("salt"), vector.bytes("info"))
        let count = try vector.number("count", as: Int.self)
        try expectOutcome(vector) {
            let derived = try unsafe HKDFSHA256.derive(
                secret: secret.span.bytes, salt: salt.span.bytes, info: info.span.bytes, count: count)
            try expectOutput(derived.exposed, vector)
            let key = try unsafe HKDFSHA256.extract(secret: secret.span.bytes, salt: salt.span.bytes)
            #expect(try key.exposed == vector.bytes("pseudorandom-key"))
            let expanded = try key.withBytes { key in
                try unsafe HKDFSHA256.expand(pseudorandomKey: key, info: info.span.bytes, count: count)
            }
            try expectOutput(expanded.exposed, vector)
        }
    }

    @Test(arguments: try vectors())
    func vectorsGiveTheirKeysInTheCallersMemory(_ vector: TestVector) throws {
        let (secret, salt, info) = try (vector.bytes("secret"), vector.bytes("salt"), vector.bytes("info"))
        var out = try [UInt8](repeating: 0xa5, count: vector.number("count"))
        try expectOutcome(vector) {
            var elements = out.mutableSpan
            var span = unsafe elements.mutableBytes
            try unsafe HKDFSHA256.derive(secret: secret.span.bytes, salt: salt.span.bytes, info: info.span.bytes, into: &span)
        }
        if vector.expectation == .success {
            try expectOutput(out, vector)
        } else {
            #expect(out.allSatisfy { $0 == 0 })
        }
    }

    @Test func aPseudorandomKeyOfAnotherLengthIsRefused() {
        for count in [0, 31, 33] {
            let (key, none) = ([UInt8](repeating: 1, count: count), [UInt8]())
            #expect(throws: PrimitiveError.invalidLength(expected: 32, actual: count)) {
                _ = try unsafe HKDFSHA256.expand(
                    pseudorandomKey: key.span.bytes, info: none.span.bytes, count: 32)
            }
        }
    }

    @Test func everyInputChangesTheKey() throws {
        func derive(_ secret: [UInt8], _ salt: [UInt8], _ info: [UInt8]) throws -> [UInt8] {
            try unsafe HKDFSHA256.derive(secret: secret.span.bytes, salt: salt.span.bytes, info: info.span.bytes, count: 32).exposed
        }
        let keys = try [
            derive([1], [2], [3]), derive([0], [2], [3]), derive([1], [0], [3]), derive([1], [2], [0]), derive([1, 2], [], [3]),
            derive([1], [2, 3], []), derive([1], [2], [3, 0]),
        ]
        #expect(Set(keys).count == keys.count)
    }

    private func expectOutput(_ output: [UInt8], _ vector: TestVector) throws {
        if vector.has("output") {
            #expect(try output == vector.bytes("output"))
        } else {
            #expect(try unsafe SHA256.hash(output.span.bytes) == vector.bytes("output-sha-256"))
        }
    }
}
