import Broker
import Envelope
import Model
import Testing

struct ReplaceSlotsTests {
    private func added(_ owner: TestOwner) throws -> AccountMessages.NewSlot {
        let parameters = try SlotParameters.make(kind: .recoveryCode, costs: .none)
        return try SlotRoot.derive(recoveryCode: RecoveryCode(), accountID: owner.id, parameters: parameters).makeSlot(for: owner.keys)
    }

    private func message(_ owner: TestOwner, keep: Bool, add: [AccountMessages.NewSlot], revision: UInt64) throws
        -> AccountMessages.ReplaceSlots
    {
        let entries = (keep ? [owner.slot.entry] : []) + add.map(\.entry)
        return AccountMessages.ReplaceSlots(
            revision: revision, keep: keep ? [owner.slot.parameters.slotID] : [], add: add,
            slotListSignature: try SlotList.sign(entries, revision: revision, keys: owner.keys))
    }

    @Test func refusesAStaleRevisionAForeignSignatureAndAnUnknownSlot() async throws {
        let fixture = try await BrokerFixture()
        let owner = try TestOwner()
        try await owner.create(on: fixture)
        let call = try await owner.login(to: fixture)
        let slot = try added(owner)
        await expectRefusal(.revisionConflict) {
            try await fixture.broker.replaceSlots(try message(owner, keep: true, add: [slot], revision: 7), call: call)
        }
        var unsigned = try message(owner, keep: true, add: [slot], revision: 1)
        unsigned.add = []
        await expectRefusal(.signatureInvalid) { try await fixture.broker.replaceSlots(unsigned, call: call) }
        var unknown = try message(owner, keep: true, add: [slot], revision: 1)
        unknown.keep = [slot.parameters.slotID]
        await expectRefusal(.notFound) { try await fixture.broker.replaceSlots(unknown, call: call) }
    }

    @Test func endsLoginsOfASlotThatGoes() async throws {
        let fixture = try await BrokerFixture()
        let owner = try TestOwner()
        try await owner.create(on: fixture)
        let anonymous = BrokerFixture.anonymousCall
        let challenge = try await fixture.broker.startLogin(.init(name: owner.name), call: anonymous)
        let loggedIn = try await fixture.broker.finishLogin(try owner.finish(challenge), call: anonymous)
        let call = Call(
            principal: try await fixture.broker.authenticate(bearer: TestOwner.secret(loggedIn.bearer)), peer: anonymous.peer,
            requestID: "r")
        let slot = try added(owner)
        let account = try await fixture.broker.replaceSlots(try message(owner, keep: false, add: [slot], revision: 1), call: call)
        #expect(account.slots == [slot.entry])
        #expect(account.revision == 2)
        #expect(account.slotListRevision == 1)
        await expectRefusal(.loginRequired) { try await fixture.broker.authenticate(bearer: TestOwner.secret(loggedIn.bearer)) }
        #expect(fixture.broker.readiness.integrity.isEmpty)
    }
}
