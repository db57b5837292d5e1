import Model
import Store

extension StoreSuite {
    static let stateCases = [
        Case("the state of an unknown account is empty") { store in
            let state = try await store.accountState(of: StoreFixture.id(9, 9), now: 0)
            try checkEqual(state, AccountState(account: nil, keys: [], sessions: [], endedSessions: [], writers: [], faults: []), "state")
        },
        Case("the state holds keys with versions, tombstones, live sessions with entries and ended ones without") { store in
            let (fixture, key) = try await accountWithKey(store)
            let gone = try fixture.key(2, alias: "gone")
            try await fixture.enroll(gone, in: store, at: 2)
            let (live, ended) = (try fixture.session(1, keys: [key.id, gone.id]), try fixture.session(2, keys: [key.id], expiresIn: 10))
            _ = try await store.insertSession(
                live, entries: [fixture.entry(live, key.id), fixture.entry(live, gone.id)], kekEpoch: 1, expectedRevision: 3)
            _ = try await store.insertSession(ended, entries: [fixture.entry(ended, key.id)], kekEpoch: 1, expectedRevision: 4)
            _ = try await store.revokeKey(gone.id, of: fixture.accountID, at: 5)
            let state = try await store.accountState(of: fixture.accountID, now: StoreFixture.now + 10)
            try checkEqual(state.account?.revision, 6, "revision")
            try checkEqual(state.keys.map(\.record.revokedAt), [nil, 5], "keys")
            try checkEqual(state.keys.first?.versions, [fixture.version(of: key)], "versions")
            try checkEqual(state.sessions.map(\.record), [live], "live sessions")
            try checkEqual(state.sessions.first?.entries, [fixture.entry(live, key.id)], "entries")
            try checkEqual(state.endedSessions, [ended], "ended sessions")
            try checkEqual(state.faults, [], "faults")
        },
        Case("every change raises the change counter and names its account") { store in
            let (first, second) = (try StoreFixture(1), try StoreFixture(2))
            var last = try await store.changeCounter()
            func changed(_ what: String) async throws -> [AccountID] {
                let changes = try await store.changedAccounts(since: last)
                try await checkEqual(store.changeCounter(), changes.counter, what)
                try check(changes.counter > last || changes.ids.isEmpty, "\(what): the counter grows")
                last = changes.counter
                return changes.ids
            }
            try await checkEqual(changed("nothing"), [], "nothing")
            try await first.create(in: store)
            try await second.create(in: store)
            try await checkEqual(changed("accounts"), [first.accountID, second.accountID], "accounts")
            let key = try first.key(1, alias: "openai")
            try await first.enroll(key, in: store, at: 1)
            try await checkEqual(changed("key"), [first.accountID], "key")
            let session = try first.session(1, keys: [key.id])
            _ = try await store.insertSession(session, entries: [], kekEpoch: 1, expectedRevision: 2)
            try await checkEqual(changed("session"), [first.accountID], "session")
            _ = try await store.revokeSession(session.id, at: 1)
            try await checkEqual(changed("session's end"), [first.accountID], "session's end")
            _ = try await store.revokeKey(key.id, of: first.accountID, at: 1)
            try await checkEqual(changed("key's end"), [first.accountID], "key's end")
            try await checkEqual(changed("nothing"), [], "nothing")
        },
        Case("one of two writers that expect the same revision wins") { store in
            let fixture = try StoreFixture(1)
            try await fixture.create(in: store)
            let keys = try (1...8).map { try fixture.key(UInt8($0), alias: "key-\($0)") }
            let stored = await withTaskGroup(of: Bool.self) { group in
                for key in keys { group.addTask { (try? await fixture.enroll(key, in: store, at: 1)) == 2 } }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            try checkEqual(stored, 1, "one was stored")
            try await checkEqual(store.keys(of: fixture.accountID).count, 1, "keys")
        },
        Case("purging deletes what expired, a session's row a week later, and raises no revision") { store in
            let (fixture, key) = try await accountWithKey(store)
            let (short, long) = (try fixture.session(1, keys: [key.id], expiresIn: 10), try fixture.session(2, keys: [key.id]))
            _ = try await store.insertSession(short, entries: [fixture.entry(short, key.id)], kekEpoch: 1, expectedRevision: 2)
            _ = try await store.insertSession(long, entries: [fixture.entry(long, key.id)], kekEpoch: 1, expectedRevision: 3)
            let login = LoginRecord(
                tokenDigest: StoreFixture.bytes(32, 1, 1), accountID: fixture.accountID, slotID: try fixture.slot(1).parameters.slotID,
                expiresAt: StoreFixture.now + 10)
            try await store.insertLogin(login)
            try await store.purgeExpired(now: StoreFixture.now + 9)
            try await checkEqual(store.entries(of: short.id).count, 1, "before its expiry")
            try await store.purgeExpired(now: StoreFixture.now + 10)
            try await checkEqual(store.entries(of: short.id), [], "entries of the expired session")
            try await checkEqual(store.entries(of: long.id).count, 1, "entries of the live session")
            try await checkEqual(store.login(tokenDigest: login.tokenDigest, now: 0), nil, "login")
            try await checkEqual(store.session(short.id), short, "the row stays for its answer")
            try await store.purgeExpired(now: StoreFixture.now + 10 + 7 * 86_400)
            try await checkEqual(store.session(short.id), nil, "row")
            try await checkEqual(store.account(fixture.accountID)?.revision, 4, "revision")
        },
    ]
}
