import Model
import Store

extension StoreSuite {
    static let writerCases = [
        Case("refuses a writer of no account, on another revision, and one that is there by id or by key") { store in
            let (fixture, other) = (try StoreFixture(1), try StoreFixture(2))
            let writer = try fixture.writer(1)
            try await refuses(.notFound) { _ = try await store.insertWriter(writer, expectedRevision: 1) }
            try await fixture.create(in: store)
            try await other.create(in: store)
            try await refuses(.revisionConflict(current: 1)) { _ = try await store.insertWriter(writer, expectedRevision: 2) }
            try await checkEqual(store.insertWriter(writer, expectedRevision: 1), 2, "new revision")
            try await refuses(.duplicate) { _ = try await store.insertWriter(writer, expectedRevision: 2) }
            let sameKey = try fixture.writer(2, publicKey: writer.publicKey)
            try await refuses(.duplicate) { _ = try await store.insertWriter(sameKey, expectedRevision: 2) }
            try await checkEqual(store.writers(of: other.accountID), [], "another account's")
            try await checkEqual(store.writer(StoreFixture.id(9, 9)), nil, "unknown")
        },
        Case("refuses a writer without a name, rights, a validity or an order, and one that is revoked already") { store in
            let fixture = try StoreFixture(1)
            try await fixture.create(in: store)
            var revoked = try fixture.writer(1)
            revoked.revokedAt = 5
            for bad in [
                revoked, try fixture.writer(1, name: ""), try fixture.writer(1, rights: []),
                try fixture.writer(1, rights: [.rotate, .enroll]),
                try fixture.writer(1, rights: [.list, .list]), try fixture.writer(1, notBefore: 9, expiresAt: 9),
                try fixture.writer(1, aliases: ["b", "a"]), try fixture.writer(1, publicKey: Blob([1])),
            ] {
                try await refusesAsInvalid { _ = try await store.insertWriter(bad, expectedRevision: 1) }
            }
            try await checkEqual(store.account(fixture.accountID)?.revision, 1, "nothing was stored")
        },
        Case("gives writers back as they were stored, revokes each once, and shows them in the state") { store in
            let (fixture, other) = (try StoreFixture(1), try StoreFixture(2))
            try await fixture.create(in: store)
            try await other.create(in: store)
            let (one, two) = (try fixture.writer(1), try fixture.writer(2, rights: AccessRight.allCases.sorted(), aliases: []))
            _ = try await store.insertWriter(one, expectedRevision: 1)
            _ = try await store.insertWriter(two, expectedRevision: 2)
            try await checkEqual(store.writers(of: fixture.accountID), [one, two], "writers")
            try await checkEqual(store.writer(one.id), one, "writer")
            try await refuses(.notFound) { _ = try await store.revokeWriter(one.id, of: other.accountID, at: 7) }
            try await checkEqual(store.revokeWriter(one.id, of: fixture.accountID, at: 7), 4, "new revision")
            try await checkEqual(store.revokeWriter(one.id, of: fixture.accountID, at: 9), 4, "nothing changes the second time")
            var revoked = one
            revoked.revokedAt = 7
            try await checkEqual(store.writer(one.id), revoked, "time of the first revocation")
            try await checkEqual(store.accountState(of: fixture.accountID, now: 0).writers, [revoked, two], "state")
        },
        Case("a writer that is not there, revoked, over or not yet valid stores nothing") { store in
            let fixture = try StoreFixture(1)
            try await fixture.create(in: store)
            let key = try fixture.key(1, alias: "openai")
            let version = fixture.version(of: key, signer: .writer)
            func enroll(at revision: UInt64) async throws {
                _ = try await store.insertKey(
                    key, version: version, seals: [fixture.seal(of: key)], kekEpoch: 1, expectedRevision: revision)
            }
            try await refuses(.writerEnded) { try await enroll(at: 1) }
            _ = try await store.insertWriter(
                try fixture.writer(2, publicKey: version.signer.publicKey, notBefore: StoreFixture.now + 1), expectedRevision: 1)
            try await refuses(.writerEnded) { try await enroll(at: 2) }
            let other = try StoreFixture(2)
            try await other.create(in: store)
            _ = try await store.insertWriter(
                try other.writer(1, publicKey: version.signer.publicKey), expectedRevision: 1)
            try await refuses(.writerEnded) { try await enroll(at: 2) }
        },
        Case("a version of a writer is stored until the writer is revoked") { store in
            let (fixture, key) = try await accountWithKey(store)
            let writer = try fixture.writer(1, publicKey: fixture.version(of: key).signer.publicKey)
            _ = try await store.insertWriter(writer, expectedRevision: 2)
            func add(_ number: UInt32, at revision: UInt64) async throws {
                let version = fixture.version(of: key, number, signer: .writer, state: .pending)
                try await fixture.add(version, in: store, at: revision)
            }
            try await add(2, at: 3)
            _ = try await store.revokeWriter(writer.id, of: fixture.accountID, at: StoreFixture.now)
            try await refuses(.writerEnded) { try await add(3, at: 5) }
            try await checkEqual(store.versions(of: key.id).map(\.version), [1, 2], "versions")
        },
    ]
}
