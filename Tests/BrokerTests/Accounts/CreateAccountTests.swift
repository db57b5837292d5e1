import Broker
import Envelope
import Model
import Testing

struct CreateAccountTests {
    @Test func refusesOpenRegistrationWhereOthersCanReachTheListener() {
        #expect(throws: BrokerConfigurationError.openRegistrationOffLoopback) {
            try BrokerConfiguration(registration: .open, listensOnLoopbackOnly: false, version: "test", memoryLocked: false)
        }
    }

    @Test func refusesEverybodyButTheOperatorWhileRegistrationIsClosed() async throws {
        let fixture = try await BrokerFixture(registration: .closed)
        let owner = try TestOwner()
        await expectRefusal(.registrationClosed) {
            try await fixture.broker.createAccount(try owner.creation(), call: BrokerFixture.anonymousCall)
        }
        try await owner.create(on: fixture)
    }

    @Test func checksTheInvitationBeforeItSaysWhetherANameIsTaken() async throws {
        let fixture = try await BrokerFixture(registration: .invite)
        try await TestOwner("alice").create(on: fixture)
        let other = try TestOwner("alice")
        await expectRefusal(.invitationInvalid) {
            try await fixture.broker.createAccount(try other.creation(), call: BrokerFixture.anonymousCall)
        }
        let unknown = "tci_" + String(repeating: "A", count: 43)
        for invitation in ["", "tci_short", "tco_" + String(repeating: "A", count: 43), unknown] {
            await expectRefusal(.invitationInvalid) {
                try await fixture.broker.createAccount(try other.creation(invitation: invitation), call: BrokerFixture.anonymousCall)
            }
        }
    }

    @Test func usesAnInvitationUpAndLetsItExpire() async throws {
        let fixture = try await BrokerFixture(registration: .invite)
        let used = try await fixture.broker.createInvitation(call: BrokerFixture.operatorCall).invitation
        let account = try await fixture.broker.createAccount(
            try TestOwner("alice").creation(invitation: used), call: BrokerFixture.anonymousCall)
        #expect(account.revision == 1)
        await expectRefusal(.invitationInvalid) {
            try await fixture.broker.createAccount(try TestOwner("bob").creation(invitation: used), call: BrokerFixture.anonymousCall)
        }
        let old = try await fixture.broker.createInvitation(call: BrokerFixture.operatorCall)
        fixture.clock.advance(seconds: old.expiresAt - fixture.clock.seconds)
        await expectRefusal(.invitationInvalid) {
            try await fixture.broker.createAccount(
                try TestOwner("bob").creation(invitation: old.invitation), call: BrokerFixture.anonymousCall)
        }
    }

    @Test func refusesInvitationsToAnybodyButTheOperator() async throws {
        let fixture = try await BrokerFixture()
        let owner = try TestOwner()
        try await owner.create(on: fixture)
        let call = try await owner.login(to: fixture)
        await expectRefusal(.forbidden) { try await fixture.broker.createInvitation(call: call) }
        await expectRefusal(.tokenMissing) { try await fixture.broker.createInvitation(call: BrokerFixture.anonymousCall) }
    }

    @Test func refusesSignaturesThatAreNotTheIdentitys() async throws {
        let fixture = try await BrokerFixture()
        let (owner, other) = (try TestOwner("alice"), try TestOwner("mallory"))
        var foreignKey = try owner.creation()
        foreignKey.accountKey = try other.creation().accountKey
        var foreignList = try owner.creation()
        foreignList.slotListSignature = try other.creation().slotListSignature
        var foreignSlot = try owner.creation()
        foreignSlot.slots = [other.slot]
        var laterList = try owner.creation()
        laterList.slotListSignature = try SlotList.sign([owner.slot.entry], revision: 1, keys: owner.keys)
        for message in [foreignKey, foreignList, foreignSlot, laterList] {
            await expectRefusal(.signatureInvalid) { try await fixture.broker.createAccount(message, call: BrokerFixture.anonymousCall) }
        }
    }

    @Test func refusesASlotWhoseRecordIsNoRecordOrAnothers() async throws {
        let fixture = try await BrokerFixture()
        let (owner, other) = (try TestOwner("alice"), try TestOwner("mallory"))
        var garbage = try owner.creation()
        garbage.slots[0].record = Blob(Array(owner.slot.record.bytes.dropLast()))
        await expectRefusal(.malformed) { try await fixture.broker.createAccount(garbage, call: BrokerFixture.anonymousCall) }
        var foreign = try owner.creation()
        foreign.slots[0].record = other.slot.record
        await expectRefusal(.signatureInvalid) { try await fixture.broker.createAccount(foreign, call: BrokerFixture.anonymousCall) }
    }

    @Test func refusesAnAccountThatNobodyCouldOpenAgain() async throws {
        let fixture = try await BrokerFixture()
        let owner = try TestOwner()
        let device = SlotParameters(
            slotID: owner.slot.parameters.slotID, kind: .device, salt: owner.slot.parameters.salt, costs: .none)
        let slot = AccountMessages.NewSlot(parameters: device, publicKey: owner.slot.publicKey, record: owner.slot.record)
        let message = try AccountCreation.make(name: owner.name, keys: owner.keys, slots: [slot], invitation: nil)
        await expectRefusal(.malformed) { try await fixture.broker.createAccount(message, call: BrokerFixture.anonymousCall) }
    }

    @Test func refusesATakenNameAndAnIdentityThatHasAnAccount() async throws {
        let fixture = try await BrokerFixture()
        let owner = try TestOwner("alice")
        try await owner.create(on: fixture)
        await expectRefusal(.nameTaken) {
            try await fixture.broker.createAccount(try TestOwner("alice").creation(), call: BrokerFixture.anonymousCall)
        }
        var again = try owner.creation()
        again.name = try TestOwner.unwrapped(AccountName("alice2"))
        await expectRefusal(.accountExists) { try await fixture.broker.createAccount(again, call: BrokerFixture.anonymousCall) }
    }

    @Test func createsNothingWhileTheKEKIsAway() async throws {
        let fixture = try await BrokerFixture()
        let owner = try TestOwner()
        fixture.custody.setAway(true)
        await expectRefusal(.kekUnreachable) { try await owner.create(on: fixture) }
        fixture.custody.setAway(false)
        let account = try await owner.create(on: fixture)
        #expect(account.accountID == owner.id)
        #expect(account.slots == [owner.slot.entry])
    }
}
