import Model
import Testing

@testable import Envelope

@Suite("Slot lists")
struct SlotListTests {
    @Test("do not hold with a slot more, fewer or other, nor for another revision or account")
    func refusesAltered() throws {
        let entries = Self.entries(3)
        let signature = try SlotList.sign(entries, revision: 7, keys: Fixture.keys())
        var kind = entries
        kind[0].kind = .recoveryCode
        var key = entries
        key[1].publicKey = Blob(Fixture.run(9, 32))
        for altered in [Array(entries.dropLast()), Self.entries(4), kind, key] {
            #expect(throws: EnvelopeError.signatureInvalid) {
                try SlotList.verify(altered, revision: 7, signature: signature, identity: Fixture.identity())
            }
        }
        #expect(throws: EnvelopeError.signatureInvalid) {
            try SlotList.verify(entries, revision: 8, signature: signature, identity: Fixture.identity())
        }
        let other = try AccountKeys.make().publicIdentity
        #expect(throws: EnvelopeError.signatureInvalid) { try SlotList.verify(entries, revision: 7, signature: signature, identity: other) }
    }

    @Test("are never empty, too long, or with one slot twice or a key of the wrong size")
    func refusesShapes() throws {
        let twice = Self.entries(1) + Self.entries(1)
        var short = Self.entries(1)
        short[0].publicKey = Blob(Fixture.run(0, 31))
        for entries in [[], Self.entries(65), twice, short] {
            #expect(throws: EnvelopeError.self) { _ = try SlotList.sign(entries, revision: 0, keys: Fixture.keys()) }
        }
        // Two rows that together have the length of two entries must not pass for them.
        var uneven = Self.entries(2)
        uneven[0].publicKey = Blob(Fixture.run(0, 31))
        uneven[1].publicKey = Blob(Fixture.run(0, 33))
        #expect(throws: EnvelopeError.self) { _ = try SlotList.sign(uneven, revision: 0, keys: Fixture.keys()) }
    }

    @Test("hold in any order")
    func orderDoesNotMatter() throws {
        let entries = Self.entries(64)
        let signature = try SlotList.sign(entries, revision: 7, keys: Fixture.keys())
        try SlotList.verify(entries.reversed(), revision: 7, signature: signature, identity: Fixture.identity())
    }

    private static func entries(_ count: Int) -> [AccountMessages.SlotEntry] {
        (0..<count).map {
            AccountMessages.SlotEntry(
                slotID: Fixture.id(SlotID.self, UInt8($0)), kind: .passphrase, publicKey: Blob(Fixture.run(UInt8($0), 32)))
        }
    }
}
