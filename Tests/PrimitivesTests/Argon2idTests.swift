import SecretMemory
import TacitTesting
import Testing

@testable import Primitives

@Suite struct Argon2idTests {
    static func vectors() throws -> [TestVector] {
        try TestVector.load(
            "primitives", prefix: "argon2id-", required: ["passphrase", "salt", "memory-kib", "passes"], optional: ["output"])
    }

    @Test(arguments: try vectors().filter { $0.expectation != .success })
    func costsAndSaltsOutsideTheLimitsAreRefused(_ vector: TestVector) throws {
        try expectOutcome(vector) { _ = try derive(vector) }
    }

    @Test(arguments: try vectors().filter { $0.expectation == .success })
    func vectorsGiveTheirRoot(_ vector: TestVector) throws {
        let (passphrase, salt) = try (vector.bytes("passphrase"), vector.bytes("salt"))
        let (memory, passes) = try (vector.number("memory-kib", as: UInt32.self), vector.number("passes", as: UInt32.self))
        try expectOutcome(vector) {
            let root = try unsafe Argon2id.deriveUnchecked(
                passphrase: passphrase.span.bytes, salt: salt.span.bytes, memoryKiB: memory, passes: passes)
            #expect(try root.exposed == vector.bytes("output"))
        }
    }

    @Test func smallCostsPassForVectorsOnly() throws {
        for vector in try Self.vectors() where vector.expectation == .success {
            if try vector.number("memory-kib") >= 65536 {
                #expect(try derive(vector) == vector.bytes("output"))
            } else {
                #expect(throws: PrimitiveError.invalidCost) { _ = try derive(vector) }
            }
        }
    }

    @Test func theLimitsAreThoseOfTheDesign() throws {
        for (memory, passes) in [(65536, 3), (1 << 20, 10)] as [(UInt32, UInt32)] {
            let cost = try Argon2Cost(memoryKiB: memory, passes: passes)
            #expect(cost.memoryKiB == memory && cost.passes == passes)
        }
        for (memory, passes) in [(0, 3), (65535, 3), (1 << 20 + 1, 3), (.max, 3), (65536, 0), (65536, 2), (65536, 11), (65536, .max)]
            as [(UInt32, UInt32)]
        {
            #expect(throws: PrimitiveError.invalidCost) { _ = try Argon2Cost(memoryKiB: memory, passes: passes) }
        }
        #expect(try Argon2Cost.standard == Argon2Cost(memoryKiB: 262_144, passes: 3))
    }

    private func derive(_ vector: TestVector) throws -> [UInt8] {
        let (passphrase, salt) = try (vector.bytes("passphrase"), vector.bytes("salt"))
        let (memory, passes) = try (vector.number("memory-kib", as: UInt32.self), vector.number("passes", as: UInt32.self))
        return try unsafe Argon2id.derive(
            passphrase: passphrase.span.bytes, salt: salt.span.bytes, memoryKiB: memory, passes: passes
        ).exposed
    }
}
