import Broker
import Envelope
import Model
import SecretMemory
import Store
import Testing

struct UnlockTests {
    @Test func refusesUnknownAndRevokedAliases() async throws {
        let fixture = try await BrokerFixture()
        let owner = try TestOwner()
        try await owner.create(on: fixture)
        let call = try await owner.login(to: fixture)
        try await owner.enroll("openai", on: fixture, as: call)
        let (unknown, openai) = (try TestOwner.unwrapped(Alias("unknown")), try TestOwner.unwrapped(Alias("openai")))
        await expectRefusal(.aliasUnknown) { try await fixture.broker.unlock(.init(aliases: [openai, unknown]), call: call) }
        await expectRefusal(.aliasUnknown) { try await fixture.broker.revokeKey(unknown, account: nil, call: call) }
        await expectRefusal(.forbidden) { try await fixture.broker.revokeKey(openai, account: "alice", call: call) }
        _ = try await fixture.broker.revokeKey(openai, account: nil, call: call)
        await expectRefusal(.keyRevoked) { try await fixture.broker.unlock(.init(aliases: [openai]), call: call) }
        await expectRefusal(.keyRevoked) { try await fixture.broker.revokeKey(openai, account: nil, call: call) }
        #expect(try await fixture.broker.unlock(.init(aliases: []), call: call).keys.isEmpty)
    }

    @Test func givesSealsThatOnlyTheAccountOpens() async throws {
        let fixture = try await BrokerFixture()
        let owner = try TestOwner()
        try await owner.create(on: fixture)
        let call = try await owner.login(to: fixture)
        try await owner.enroll("openai", on: fixture, as: call)
        try await owner.enroll("other", on: fixture, as: call)
        let list = try await fixture.broker.unlock(.init(aliases: [try TestOwner.unwrapped(Alias("openai"))]), call: call)
        #expect(list.keys.map(\.alias.text) == ["openai"])
        #expect(list.revision == 3)
        let key = try TestOwner.unwrapped(list.keys.first)
        let sealed = try TestOwner.unwrapped(KeyVerifier.verify(key, identity: owner.keys.publicIdentity, writers: .none).first)
        let dek = try sealed.openDEK(with: owner.keys)
        #expect(dek.withBytes { $0.byteCount } == 32)
        let stored = try await fixture.store.accountSeals(of: key.keyID)
        #expect(stored.first?.wrappedSeal != key.versions.first?.accountSeal)
    }

    @Test func letsTheOperatorRevokeAKeyOfANamedAccountWithoutTheKEK() async throws {
        let fixture = try await BrokerFixture()
        let owner = try TestOwner()
        try await owner.create(on: fixture)
        let call = try await owner.login(to: fixture)
        try await owner.enroll("openai", on: fixture, as: call)
        let openai = try TestOwner.unwrapped(Alias("openai"))
        fixture.custody.setAway(true)
        await expectRefusal(.malformed) { try await fixture.broker.revokeKey(openai, account: nil, call: BrokerFixture.operatorCall) }
        await expectRefusal(.notFound) { try await fixture.broker.revokeKey(openai, account: "nobody", call: BrokerFixture.operatorCall) }
        let list = try await fixture.broker.revokeKey(openai, account: "alice", call: BrokerFixture.operatorCall)
        #expect(list.keys.first?.revokedAt == fixture.clock.seconds)
        #expect(try await fixture.store.accountSeals(of: TestOwner.unwrapped(list.keys.first).keyID).isEmpty)
    }
}
