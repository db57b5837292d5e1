import Envelope
import Model
import SecretMemory
import Testing

@testable import Broker

@Suite(.serialized)
struct AssistedUnlockTests {
    private static let passphrase = "correct horse battery staple"

    private struct Prepared {
        let fixture: BrokerFixture
        let owner: TestOwner
    }

    /// An account with a passphrase slot at the lowest costs and one key.
    private func prepared(on: Bool = true) async throws -> Prepared {
        let fixture = try await BrokerFixture(assistedUnlock: on)
        let owner = try TestOwner()
        let parameters = try SlotParameters.make(kind: .passphrase, costs: .argon2id(memoryKiB: 65_536, passes: 3))
        let bytes = Array(Self.passphrase.utf8)
        let root = try SlotRoot.derive(passphrase: unsafe bytes.span.bytes, accountID: owner.id, parameters: parameters)
        let message = try AccountCreation.make(
            name: owner.name, keys: owner.keys, slots: [owner.slot, root.makeSlot(for: owner.keys)], invitation: nil)
        _ = try await fixture.broker.createAccount(message, call: BrokerFixture.operatorCall)
        try await owner.enroll(on: fixture, as: try await owner.login(to: fixture))
        return Prepared(fixture: fixture, owner: owner)
    }

    private func body(name: String = "alice", passphrase: String = Self.passphrase, aliases: String = "[]", ttl: Int = 600) -> SecretBytes {
        TestOwner.secret("{\"name\":\"\(name)\",\"passphrase\":\"\(passphrase)\",\"aliases\":\(aliases),\"ttl_seconds\":\(ttl)}")
    }

    @Test func isOffUnlessAskedForAndNeverOverPlainTCP() async throws {
        let off = try await prepared(on: false)
        await expectRefusal(.assistedUnlockOff) {
            try await off.fixture.broker.assistedUnlock(body: body(), call: BrokerFixture.operatorCall)
        }
        let on = try await prepared()
        await expectRefusal(.tlsRequired) { try await on.fixture.broker.assistedUnlock(body: body(), call: BrokerFixture.anonymousCall) }
    }

    @Test func failsAlikeForAWrongNameAndAWrongPassphraseAndWaits() async throws {
        let p = try await prepared()
        let call = Call(principal: .anonymous, peer: Peer(transport: .tls, address: "192.0.2.1"), requestID: "r")
        await expectRefusal(.loginFailed) { try await p.fixture.broker.assistedUnlock(body: body(name: "nobody"), call: call) }
        // What the account holds is told only to whoever knows the passphrase.
        await expectRefusal(.loginFailed) {
            try await p.fixture.broker.assistedUnlock(body: body(passphrase: "wrong", aliases: "[\"none\"]"), call: call)
        }
        await expectRefusal(.loginFailed) { try await p.fixture.broker.assistedUnlock(body: body(passphrase: "wrong"), call: call) }
        #expect(p.fixture.waited == [1])
        await expectRefusal(.aliasUnknown) { try await p.fixture.broker.assistedUnlock(body: body(aliases: "[\"none\"]"), call: call) }
        await expectRefusal(.lifetimeRefused) { try await p.fixture.broker.assistedUnlock(body: body(ttl: 86_401), call: call) }
    }

    @Test func makesASessionWhoseTokenWorks() async throws {
        let p = try await prepared()
        let unlocked = try await p.fixture.broker.assistedUnlock(body: body(), call: BrokerFixture.operatorCall)
        #expect(unlocked.session.aliases.map(\.text) == ["openai"])
        #expect(unlocked.session.expiresAt == p.fixture.clock.seconds + 600)
        let token = try TestOwner.unwrapped(unlocked.token.take())
        #expect(try await p.fixture.broker.authenticate(bearer: token) == .session(unlocked.session.sessionID, p.owner.id))
        let record = try TestOwner.unwrapped(try await p.fixture.audited(last: 1).first)
        #expect(record.action == "assisted_unlock")
        #expect(record.actor == "owner:\(p.owner.id)")
    }

    @Test func unlocksWhatAnAccessFileWrote() async throws {
        let p = try await prepared()
        let owner = try await p.owner.login(to: p.fixture)
        let writer = try await p.owner.access(on: p.fixture, as: owner)
        let call = try await writer.call(to: p.fixture)
        let account = try await p.fixture.broker.showAccount(call: call)
        let enrolment = try writer.enrolment("new", account: account, at: p.fixture.clock.seconds)
        _ = try await p.fixture.broker.enrollKey(enrolment, call: call)
        let unlocked = try await p.fixture.broker.assistedUnlock(body: body(aliases: "[\"new\"]"), call: BrokerFixture.operatorCall)
        let token = try TestOwner.text(unlocked.token)
        #expect(try p.fixture.use(token, alias: "new") == OpenedKey(value: "sk-job-0123456789", receipt: "new@1"))
    }

    @Test func letsEightWaitAndNoMore() async throws {
        let queue = AssistedUnlockQueue()
        let (gate, open) = AsyncStream<Void>.makeStream()
        let refused = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<14 {
                group.addTask {
                    do throws(BrokerError) {
                        try await queue.run { () async throws(BrokerError) in for await _ in gate {} }
                        return false
                    } catch { return error.code == .busy }
                }
            }
            // One works and eight wait, so the five others end first.
            var refused: [Bool] = []
            for _ in 0..<5 { refused.append(await group.next() ?? false) }
            open.finish()
            return await group.reduce(into: refused) { $0.append($1) }
        }
        #expect(refused == [Bool](repeating: true, count: 5) + [Bool](repeating: false, count: 9))
    }

    @Test func readsTheKeysOnlyOnceThePassphraseOpenedAndOneSlotForANameNobodyHas() async throws {
        let p = try await prepared()
        let call = Call(principal: .anonymous, peer: Peer(transport: .tls, address: "192.0.2.1"), requestID: "r")
        var unwrapped: [Int] = []
        for name in ["alice", "nobody"] {
            let before = p.fixture.custody.unwrapped
            await expectRefusal(.loginFailed) {
                try await p.fixture.broker.assistedUnlock(body: body(name: name, passphrase: "wrong"), call: call)
            }
            unwrapped.append(p.fixture.custody.unwrapped - before)
        }
        #expect(unwrapped == [1, 1])
    }
}
