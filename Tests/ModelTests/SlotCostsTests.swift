import Model
import Testing

@Suite("Slot costs")
struct SlotCostsTests {
    @Test(
        "outside the limits, or of another kind's form, are not acceptable",
        arguments: [
            (.passphrase, .argon2id(memoryKiB: 65_535, passes: 3)), (.passphrase, .argon2id(memoryKiB: 65_536, passes: 2)),
            (.passphrase, .argon2id(memoryKiB: 1_048_577, passes: 3)), (.passphrase, .argon2id(memoryKiB: 65_536, passes: 11)),
            (.passphrase, .pbkdf2(iterations: 600_000)), (.passphrase, .none), (.browserPassphrase, .pbkdf2(iterations: 599_999)),
            (.browserPassphrase, .pbkdf2(iterations: 10_000_001)), (.browserPassphrase, .standard), (.browserPassphrase, .none),
            (.recoveryCode, .standard),
            (.recoveryCode, .pbkdf2(iterations: 600_000)), (.passkey, .standard), (.device, .standard),
        ] as [(SlotKind, SlotCosts)])
    func refuses(kind: SlotKind, costs: SlotCosts) {
        #expect(!costs.isAcceptable(for: kind))
    }

    @Test(
        "within the limits are acceptable",
        arguments: [
            (.passphrase, .standard), (.passphrase, .argon2id(memoryKiB: 65_536, passes: 3)),
            (.passphrase, .argon2id(memoryKiB: 1_048_576, passes: 10)),
            (.browserPassphrase, .pbkdf2(iterations: 600_000)), (.browserPassphrase, .pbkdf2(iterations: 10_000_000)),
            (.recoveryCode, .none), (.passkey, .none), (.device, .none),
        ] as [(SlotKind, SlotCosts)])
    func accepts(kind: SlotKind, costs: SlotCosts) {
        #expect(costs.isAcceptable(for: kind))
    }

    @Test("come back from JSON, one form at a time")
    func json() throws {
        for costs in [.standard, .pbkdf2(iterations: 7), .none] as [SlotCosts] {
            #expect(try WireJSON.decode(SlotCosts.self, from: WireJSON.encode(costs)) == costs)
        }
        for text in [
            #"{"memory_kib":1}"#, #"{"passes":1}"#, #"{"memory_kib":1,"passes":1,"iterations":1}"#, #"{"memory_kib":-1,"passes":1}"#,
            #"{"memory_kib":4294967296,"passes":1}"#,
        ] {
            #expect(throws: ModelError(.malformed, "")) { _ = try WireJSON.decode(SlotCosts.self, from: Array(text.utf8)) }
        }
    }
}
