import Model
import Store

extension StoreSuite {
    static let keyCases = [
        Case("stores a key on the expected revision only, and nothing of it otherwise") { store in
            let fixture = try StoreFixture(1)
            let key = try fixture.key(1, alias: "openai")
            try await refuses(.notFound) { try await fixture.enroll(key, in: store, at: 1) }
            try await fixture.create(in: store)
            try await refuses(.revisionConflict(current: 1)) { try await fixture.enroll(key, in: store, at: 2) }
            try await refuses(.revisionConflict(current: 1)) { try await fixture.enroll(key, in: store, at: 0) }
            try await checkEqual(store.keys(of: fixture.accountID), [], "nothing was stored")
            try await checkEqual(store.versions(of: key.id), [], "nothing was stored")
            try await checkEqual(fixture.enroll(key, in: store, at: 1), 2, "new revision")
        },
        Case("refuses a taken alias, a used key id, and parts of another key") { store in
            let (fixture, other) = (try StoreFixture(1), try StoreFixture(2))
            try await fixture.create(in: store)
            try await other.create(in: store)
            let key = try fixture.key(1, alias: "openai")
            try await fixture.enroll(key, in: store, at: 1)
            try await refuses(.aliasTaken) { try await fixture.enroll(try fixture.key(2, alias: "openai"), in: store, at: 2) }
            try await refuses(.duplicate) { try await fixture.enroll(try fixture.key(1, alias: "other"), in: store, at: 2) }
            let next = try fixture.key(3, alias: "next")
            let foreign = SealRecord(
                keyID: next.id, version: 1, recipientKind: .account, recipientID: Blob(other.accountID.bytes),
                recipientPublicKey: StoreFixture.bytes(32, 1, 1), wrappedSeal: Blob([1]))
            for (version, seals) in [
                (fixture.version(of: key), [fixture.seal(of: next)]), (fixture.version(of: next), [fixture.seal(of: key)]),
                (fixture.version(of: next), []), (fixture.version(of: next), [foreign]),
                (fixture.version(of: next, 2), [fixture.seal(of: next)]), (fixture.version(of: next, 0), [fixture.seal(of: next, 0)]),
            ] {
                try await refusesAsInvalid {
                    _ = try await store.insertKey(next, version: version, seals: seals, kekEpoch: 1, expectedRevision: 2)
                }
            }
            try await checkEqual(other.enroll(try other.key(1, alias: "openai"), in: store, at: 1), 2, "the same alias in another account")
        },
        Case("gives back keys, versions and seals as they were stored, with every kind of injection") { store in
            let fixture = try StoreFixture(1)
            try await fixture.create(in: store)
            let keys = [
                try fixture.key(1, alias: "header"), try fixture.key(2, alias: "query", injection: .query(name: "key")),
                try fixture.key(3, alias: "basic", injection: .basic(user: "me")),
                try fixture.key(4, alias: "bare", injection: .header(name: "x-api-key", prefix: "", suffix: "")),
            ]
            for (index, key) in keys.enumerated() { try await fixture.enroll(key, in: store, at: UInt64(index + 1)) }
            try await checkEqual(store.keys(of: fixture.accountID), keys, "keys")
            for key in keys {
                try await checkEqual(store.versions(of: key.id), [fixture.version(of: key)], "versions")
                try await checkEqual(store.accountSeals(of: key.id), [fixture.seal(of: key)], "seals")
            }
        },
        Case("revoking a key shreds what opens it, keeps its tombstone, and can be done twice") { store in
            let (fixture, other) = (try StoreFixture(1), try StoreFixture(2))
            try await fixture.create(in: store)
            try await other.create(in: store)
            let (key, second) = (try fixture.key(1, alias: "openai"), try fixture.key(2, alias: "groq"))
            try await fixture.enroll(key, in: store, at: 1)
            try await fixture.enroll(second, in: store, at: 2)
            let session = try fixture.session(1, keys: [key.id, second.id])
            let entries = [fixture.entry(session, key.id), fixture.entry(session, second.id)]
            _ = try await store.insertSession(session, entries: entries, kekEpoch: 1, expectedRevision: 3)
            try await refuses(.notFound) { _ = try await store.revokeKey(key.id, of: other.accountID, at: 5) }
            try await refuses(.notFound) { _ = try await store.revokeKey(StoreFixture.id(9, 9), of: fixture.accountID, at: 5) }
            try await checkEqual(store.revokeKey(key.id, of: fixture.accountID, at: 77), 5, "new revision")
            try await checkEqual(store.revokeKey(key.id, of: fixture.accountID, at: 99), 5, "nothing changes the second time")
            let version = try await store.versions(of: key.id).first
            try checkEqual(version?.state, .retired, "state")
            try checkEqual(version?.ciphertext, Blob([]), "ciphertext")
            try await checkEqual(store.accountSeals(of: key.id), [], "seals")
            try await checkEqual(store.entries(of: session.id), [fixture.entry(session, second.id)], "entries of the other key stand")
            let tombstone = try await store.keys(of: fixture.accountID).first
            try checkEqual(tombstone?.alias, key.alias, "alias stays bound")
            try checkEqual(tombstone?.revokedAt, 77, "time of the first revocation")
        },
        Case("a revoked alias is enrolled again only with an identity signature") { store in
            let fixture = try StoreFixture(1)
            try await fixture.create(in: store)
            let key = try fixture.key(1, alias: "openai")
            try await fixture.enroll(key, in: store, at: 1)
            _ = try await store.revokeKey(key.id, of: fixture.accountID, at: 5)
            let again = try fixture.key(2, alias: "openai")
            try await refuses(.aliasTaken) {
                let version = fixture.version(of: again, signer: .writer)
                _ = try await store.insertKey(again, version: version, seals: [fixture.seal(of: again)], kekEpoch: 1, expectedRevision: 3)
            }
            try await checkEqual(fixture.enroll(again, in: store, at: 3), 4, "new revision")
            try await checkEqual(store.keys(of: fixture.accountID).map(\.revokedAt), [5, nil], "the tombstone stays")
        },
    ]
}
