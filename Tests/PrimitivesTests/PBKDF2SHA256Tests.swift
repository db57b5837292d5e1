import SecretMemory
import TacitTesting
import Testing

@testable import Primitives

@Suite struct PBKDF2SHA256Tests {
    static func vectors() throws -> [TestVector] {
        try TestVector.load("primitives", prefix: "pbkdf2-sha-256-", required: ["passphrase", "salt", "iterations"], optional: ["output"])
    }

    @Test(arguments: try vectors().filter { $0.expectation != .success })
    func costsAndSaltsOutsideTheLimitsAreRefused(_ vector: TestVector) throws {
        try expectOutcome(vector) { _ = try derive(vector) }
    }

    @Test(arguments: try vectors().filter { $0.expectation == .success })
    func vectorsGiveTheirKeyAndFewIterationsPassForVectorsOnly(_ vector: TestVector) throws {
        let (passphrase, salt, output) = try (vector.bytes("passphrase"), vector.bytes("salt"), vector.bytes("output"))
        let iterations = try vector.number("iterations", as: UInt32.self)
        if PBKDF2SHA256.iterations.contains(iterations) {
            #expect(try derive(vector) == output)
        } else {
            #expect(throws: PrimitiveError.invalidCost) { _ = try derive(vector) }
            let key = try unsafe PBKDF2SHA256.deriveUnchecked(
                passphrase: passphrase.span.bytes, salt: salt.span.bytes, iterations: iterations, count: output.count)
            #expect(key.exposed == output)
        }
    }

    private func derive(_ vector: TestVector) throws -> [UInt8] {
        let (passphrase, salt) = try (vector.bytes("passphrase"), vector.bytes("salt"))
        return try unsafe PBKDF2SHA256.derive(
            passphrase: passphrase.span.bytes, salt: salt.span.bytes, iterations: vector.number("iterations")
        ).exposed
    }
}
