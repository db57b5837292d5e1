import Model
import Sessions
import Store
import Testing

@testable import Broker

struct AccountLoaderTests {
    private struct Prepared {
        let fixture: BrokerFixture
        let owner: TestOwner
        let state: AccountState
        let slots: [SlotRow]

        var loader: AccountLoader {
            let clock = fixture.clock
            return AccountLoader(store: fixture.store, custody: fixture.custody, clock: { clock.seconds })
        }

        func check(_ state: AccountState, slots: [SlotRow]? = nil) async -> LoadedAccount {
            await loader.check(state, of: owner.id, slots: slots ?? self.slots, cache: EntryCache())
        }
    }

    /// Two keys and a session for both, as they are stored.
    private func prepared() async throws -> Prepared {
        let fixture = try await BrokerFixture()
        let owner = try TestOwner()
        try await owner.create(on: fixture)
        let call = try await owner.login(to: fixture)
        try await owner.enroll("one", on: fixture, as: call)
        try await owner.enroll("two", on: fixture, as: call)
        _ = try await owner.unlock(on: fixture, as: call)
        return Prepared(
            fixture: fixture, owner: owner, state: try await fixture.store.accountState(of: owner.id, now: fixture.clock.seconds),
            slots: try await fixture.store.slots(of: owner.id))
    }

    private func with(
        _ state: AccountState, account: AccountRecord? = nil, keys: [KeyState]? = nil, sessions: [SessionState]? = nil
    ) -> AccountState {
        AccountState(
            account: account ?? state.account, keys: keys ?? state.keys, sessions: sessions ?? state.sessions,
            endedSessions: state.endedSessions, writers: state.writers, faults: [])
    }

    private func record(_ old: SessionRecord, expiresAt: UInt64? = nil, policy: SessionPolicy? = nil, verifier: Blob? = nil)
        -> SessionRecord
    {
        SessionRecord(
            id: old.id, accountID: old.accountID, kind: old.kind, label: old.label, publicKey: old.publicKey,
            verifierDigest: verifier ?? old.verifierDigest, keyIDs: old.keyIDs, issuedAt: old.issuedAt,
            expiresAt: expiresAt ?? old.expiresAt, policy: policy ?? old.policy, accountRevision: old.accountRevision,
            signature: old.signature, revokedAt: nil)
    }

    @Test func believesNothingOfAnAccountWhoseKeyIsAnothers() async throws {
        let p = try await prepared()
        let old = try TestOwner.unwrapped(p.state.account)
        let mallory = try TestOwner("mallory")
        let altered = AccountRecord(
            id: old.id, name: old.name, identityPublicKey: try mallory.creation().identityPublicKey, accountKeyEpoch: old.accountKeyEpoch,
            accountPublicKey: old.accountPublicKey, accountKeySignature: old.accountKeySignature, slotListRevision: old.slotListRevision,
            slotListSignature: old.slotListSignature, revision: old.revision, createdAt: old.createdAt)
        let loaded = await p.check(with(p.state, account: altered))
        #expect(!loaded.isUsable)
        #expect(loaded.sessions.isEmpty)
        #expect(loaded.faults.map(\.table) == ["accounts"])
    }

    @Test func namesAnAccountKeyAndSlotsThatAreNotSigned() async throws {
        let p = try await prepared()
        let mallory = try TestOwner("mallory").creation()
        var account = try TestOwner.unwrapped(p.state.account)
        account.accountPublicKey = mallory.accountKey.publicKey
        #expect(await p.check(with(p.state, account: account)).faults.map(\.table) == ["accounts"])
        let row = try TestOwner.unwrapped(p.slots.first)
        let exchanged = SlotRow(
            accountID: row.accountID, parameters: row.parameters, publicKey: mallory.slots[0].publicKey, wrappedRecord: row.wrappedRecord,
            createdAt: row.createdAt)
        #expect(await p.check(p.state, slots: [exchanged]).faults.map(\.table) == ["slots"])
        #expect(await p.check(p.state, slots: []).faults.map(\.table) == ["slots"])
    }

    @Test func namesAKeyThatWasRedirectedAndOpensItsEntryNoMore() async throws {
        let p = try await prepared()
        let key = p.state.keys[0]
        let redirected = KeyRecord(
            id: key.record.id, accountID: key.record.accountID, alias: key.record.alias, provider: key.record.provider,
            destination: try Destination(url: "https://evil.example.com"), injection: key.record.injection, createdAt: key.record.createdAt,
            revokedAt: nil)
        let loaded = await p.check(with(p.state, keys: [KeyState(record: redirected, versions: key.versions), p.state.keys[1]]))
        #expect(Set(loaded.faults.map(\.table)) == ["key_versions", "session_entries"])
        let entries = try TestOwner.unwrapped(loaded.sessions.first).entries
        #expect(entries.first { $0.keyID == key.record.id }?.material == .entry(Blob([])))
        #expect(entries.first { $0.keyID != key.record.id }?.material != .entry(Blob([])))
        #expect(entries.count == 2)
    }

    @Test func namesACiphertextOfAnotherKey() async throws {
        let p = try await prepared()
        var version = p.state.keys[0].versions[0]
        version.ciphertext = p.state.keys[1].versions[0].ciphertext
        let loaded = await p.check(with(p.state, keys: [KeyState(record: p.state.keys[0].record, versions: [version]), p.state.keys[1]]))
        #expect(loaded.faults.map(\.description) == ["key_versions:\(p.state.keys[0].record.id)@1"])
    }

    @Test func opensNothingForASessionThatWasExtendedOrWidened() async throws {
        let p = try await prepared()
        let session = p.state.sessions[0]
        var policy = session.record.policy
        policy.mintingPaths = [try PathPrefix("/admin")]
        for altered in [
            record(session.record, expiresAt: session.record.expiresAt + 60), record(session.record, policy: policy),
            record(session.record, verifier: Blob([UInt8](repeating: 0, count: 32))),
        ] {
            let loaded = await p.check(with(p.state, sessions: [SessionState(record: altered, entries: session.entries, seals: [])]))
            #expect(loaded.faults.map(\.description) == ["sessions:\(session.record.id)"])
            #expect(loaded.sessions.flatMap(\.entries).map(\.material) == [.entry(Blob([])), .entry(Blob([]))])
        }
    }

    @Test func opensNoEntryThatWasSwappedWithAnother() async throws {
        let p = try await prepared()
        let session = p.state.sessions[0]
        let (a, b) = (session.entries[0], session.entries[1])
        let swapped = [
            SessionEntryRecord(sessionID: a.sessionID, keyID: a.keyID, version: a.version, wrappedEntry: b.wrappedEntry), b,
        ]
        let loaded = await p.check(with(p.state, sessions: [SessionState(record: session.record, entries: swapped, seals: [])]))
        #expect(loaded.faults.map(\.table) == ["session_entries"])
        #expect(loaded.sessions.flatMap(\.entries).filter { $0.material == .entry(Blob([])) }.map(\.keyID) == [a.keyID])
    }

    @Test func waitsForAVersionOfTheKEKThatIsNotHeld() async throws {
        let p = try await prepared()
        let session = p.state.sessions[0]
        let entry = session.entries[0]
        // The wrap says version 9.
        var wrapped = entry.wrappedEntry.bytes
        wrapped[4] = 9
        let other = SessionEntryRecord(sessionID: entry.sessionID, keyID: entry.keyID, version: entry.version, wrappedEntry: Blob(wrapped))
        let loaded = await p.check(
            with(p.state, sessions: [SessionState(record: session.record, entries: [other, session.entries[1]], seals: [])]))
        #expect(loaded.waitsForKEK)
        #expect(loaded.faults.map(\.table) == ["session_entries"])
        #expect(loaded.sessions.flatMap(\.entries).map(\.keyID) == [session.entries[1].keyID])
    }

    @Test func findsNothingWrongWithWhatIsAsItWasStored() async throws {
        let p = try await prepared()
        let loaded = await p.check(p.state)
        #expect(loaded.isUsable)
        #expect(loaded.faults.isEmpty)
        #expect(loaded.keys.compactMap(\.active).count == 2)
        #expect(!loaded.waitsForKEK)
    }
}
