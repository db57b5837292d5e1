import Model
import Store

extension StoreSuite {
    static let sessionCases = [
        Case("stores a session on the expected revision only, and nothing of it otherwise") { store in
            let (fixture, key) = try await accountWithKey(store)
            let session = try fixture.session(1, keys: [key.id])
            let entries = [fixture.entry(session, key.id)]
            for revision in [UInt64(1), 3] {
                try await refuses(.revisionConflict(current: 2)) {
                    _ = try await store.insertSession(session, entries: entries, kekEpoch: 1, expectedRevision: revision)
                }
            }
            try await checkEqual(store.session(session.id), nil, "nothing was stored")
            try await checkEqual(store.entries(of: session.id), [], "nothing was stored")
        },
        Case("refuses a session over a foreign, unknown or revoked key, and entries of something else") { store in
            let (fixture, key) = try await accountWithKey(store)
            let other = try StoreFixture(2)
            try await other.create(in: store)
            let foreign = try other.key(1, alias: "openai")
            try await other.enroll(foreign, in: store, at: 1)
            let gone = try fixture.key(2, alias: "gone")
            try await fixture.enroll(gone, in: store, at: 2)
            _ = try await store.revokeKey(gone.id, of: fixture.accountID, at: 5)
            for id in [foreign.id, try StoreFixture.id(9, 9), gone.id] {
                try await refuses(.notFound) {
                    let session = try fixture.session(1, keys: [key.id, id])
                    _ = try await store.insertSession(session, entries: [], kekEpoch: 1, expectedRevision: 4)
                }
            }
            let (session, second) = (try fixture.session(1, keys: [key.id]), try fixture.session(2, keys: [key.id]))
            for entry in [fixture.entry(second, key.id), fixture.entry(session, foreign.id), fixture.entry(session, key.id, 2)] {
                try await refusesAsInvalid {
                    _ = try await store.insertSession(session, entries: [entry], kekEpoch: 1, expectedRevision: 4)
                }
            }
            for keys in [[], [key.id, key.id]] {
                try await refusesAsInvalid {
                    let odd = try fixture.session(1, keys: keys)
                    _ = try await store.insertSession(odd, entries: [], kekEpoch: 1, expectedRevision: 4)
                }
            }
            try await checkEqual(store.sessions(of: fixture.accountID), [], "nothing was stored")
        },
        Case("sessions are insert-only, also after their end") { store in
            let (fixture, key) = try await accountWithKey(store)
            let session = try fixture.session(1, keys: [key.id])
            _ = try await store.insertSession(session, entries: [fixture.entry(session, key.id)], kekEpoch: 1, expectedRevision: 2)
            try await refuses(.duplicate) {
                _ = try await store.insertSession(session, entries: [], kekEpoch: 1, expectedRevision: 3)
            }
            _ = try await store.revokeSession(session.id, at: 9)
            try await refuses(.duplicate) {
                _ = try await store.insertSession(session, entries: [], kekEpoch: 1, expectedRevision: 4)
            }
        },
        Case("gives back sessions and entries as they were stored") { store in
            let (fixture, key) = try await accountWithKey(store)
            let session = try fixture.session(1, keys: [key.id])
            let entries = [fixture.entry(session, key.id)]
            try await checkEqual(
                store.insertSession(session, entries: entries, kekEpoch: 1, expectedRevision: 2), 3, "new revision")
            try await checkEqual(store.session(session.id), session, "session")
            try await checkEqual(store.sessions(of: fixture.accountID), [session], "sessions")
            try await checkEqual(store.entries(of: session.id), entries, "entries")
            try await checkEqual(store.session(try StoreFixture.id(9, 9)), nil, "unknown")
        },
        Case("ending a session deletes its entries and can be done twice") { store in
            let (fixture, key) = try await accountWithKey(store)
            let session = try fixture.session(1, keys: [key.id])
            _ = try await store.insertSession(session, entries: [fixture.entry(session, key.id)], kekEpoch: 1, expectedRevision: 2)
            try await refuses(.notFound) { _ = try await store.revokeSession(StoreFixture.id(9, 9), at: 5) }
            try await checkEqual(store.revokeSession(session.id, at: 55), 4, "new revision")
            try await checkEqual(store.revokeSession(session.id, at: 66), 4, "nothing changes the second time")
            try await checkEqual(store.session(session.id)?.revokedAt, 55, "time of the first revocation")
            try await checkEqual(store.entries(of: session.id), [], "entries")
        },
        Case("locking ends every live session of the account and of no other") { store in
            let (fixture, key) = try await accountWithKey(store)
            let (other, otherKey) = try await accountWithKey(store, 2)
            let sessions = [
                try fixture.session(1, keys: [key.id]), try fixture.session(2, keys: [key.id]),
                try fixture.session(3, keys: [key.id], expiresIn: 10),
            ]
            for (index, session) in sessions.enumerated() {
                let entries = [fixture.entry(session, key.id)]
                _ = try await store.insertSession(session, entries: entries, kekEpoch: 1, expectedRevision: UInt64(index + 2))
            }
            let foreign = try other.session(1, keys: [otherKey.id])
            _ = try await store.insertSession(foreign, entries: [other.entry(foreign, otherKey.id)], kekEpoch: 1, expectedRevision: 2)
            let ended = try await store.revokeSessions(of: fixture.accountID, at: StoreFixture.now + 10)
            try checkEqual(Set(ended), Set(sessions.prefix(2).map(\.id)), "those that were live")
            try await checkEqual(store.account(fixture.accountID)?.revision, 6, "one change")
            try await checkEqual(store.revokeSessions(of: fixture.accountID, at: StoreFixture.now + 10), [], "nothing left")
            try await checkEqual(store.account(fixture.accountID)?.revision, 6, "no change")
            try await checkEqual(store.entries(of: foreign.id).count, 1, "the other account's session stands")
        },
    ]

    static func accountWithKey(_ store: any Store, _ seed: UInt8 = 1) async throws -> (StoreFixture, KeyRecord) {
        let fixture = try StoreFixture(seed)
        try await fixture.create(in: store)
        let key = try fixture.key(1, alias: "openai")
        try await fixture.enroll(key, in: store, at: 1)
        return (fixture, key)
    }
}
