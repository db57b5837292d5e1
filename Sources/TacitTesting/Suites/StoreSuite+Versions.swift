import Model
import Store

extension StoreSuite {
    static let versionCases = [
        Case("refuses a version on another revision, of a foreign or revoked key, under a passed KEK") { store in
            let (fixture, key) = try await accountWithKey(store)
            let other = try StoreFixture(2)
            try await other.create(in: store)
            let version = fixture.version(of: key, 2, state: .pending)
            for revision in [1, 3] as [UInt64] {
                try await refuses(.revisionConflict(current: 2)) { try await fixture.add(version, in: store, at: revision) }
            }
            try await refuses(.kekEpochPassed) { try await fixture.add(version, in: store, at: 2, kekEpoch: 7) }
            try await refuses(.notFound) {
                let unknown = fixture.version(of: try fixture.key(9, alias: "nine"), 2, state: .pending)
                try await fixture.add(unknown, in: store, at: 2)
            }
            try await refuses(.notFound) {
                let seal = SealRecord(
                    keyID: key.id, version: 2, recipientKind: .account, recipientID: Blob(other.accountID.bytes),
                    recipientPublicKey: StoreFixture.bytes(32, 2, 3), wrappedSeal: Blob([1]))
                _ = try await store.insertVersion(
                    version, of: other.accountID, seals: [seal], excused: [], graceUntil: nil, kekEpoch: 1, expectedRevision: 1,
                    now: StoreFixture.now)
            }
            _ = try await store.revokeKey(key.id, of: fixture.accountID, at: 5)
            try await refuses(.notFound) { try await fixture.add(version, in: store, at: 3) }
            try await checkEqual(store.versions(of: key.id).map(\.version), [1], "versions")
        },
        Case("refuses a version that is not the next one, is no new one, or has not its seal to the account") { store in
            let (fixture, key) = try await accountWithKey(store)
            for number in [1, 3, .max] as [UInt32] {
                try await refusesAsInvalid { try await fixture.add(fixture.version(of: key, number, state: .pending), in: store, at: 2) }
            }
            for state in [.grace, .retired] as [KeyVersionState] {
                try await refusesAsInvalid { try await fixture.add(fixture.version(of: key, 2, state: state), in: store, at: 2) }
            }
            let version = fixture.version(of: key, 2, state: .pending)
            for seals in [[], [fixture.seal(of: key, 1)], [fixture.seal(of: key, 2), fixture.seal(of: key, 2)]] {
                try await refusesAsInvalid {
                    _ = try await store.insertVersion(
                        version, of: fixture.accountID, seals: seals, excused: [], graceUntil: nil, kekEpoch: 1, expectedRevision: 2,
                        now: StoreFixture.now)
                }
            }
            try await checkEqual(store.account(fixture.accountID)?.revision, 2, "nothing was stored")
        },
        Case("refuses a version that leaves out a live session, or is sealed to one that has no part in it") { store in
            let (fixture, key) = try await accountWithKey(store)
            let second = try fixture.key(2, alias: "groq")
            try await fixture.enroll(second, in: store, at: 2)
            let (live, elsewhere) = (try fixture.session(1, keys: [key.id, second.id]), try fixture.session(2, keys: [second.id]))
            let (ended, over) = (try fixture.session(3, keys: [key.id]), try fixture.session(4, keys: [key.id], expiresIn: 1))
            for (index, session) in [live, elsewhere, ended, over].enumerated() {
                _ = try await store.insertSession(session, entries: [], kekEpoch: 0, expectedRevision: UInt64(3 + index))
            }
            _ = try await store.revokeSession(ended.id, at: 5)
            let version = fixture.version(of: key, 2, state: .pending)
            func add(_ sessions: [SessionRecord], excused: Set<SessionID> = []) async throws {
                try await fixture.add(version, sealedTo: sessions, excused: excused, in: store, at: 8, now: StoreFixture.now + 2)
            }
            for sessions in [[], [over], [live, elsewhere], [live, ended], [live, live]] {
                try await refusesAsInvalid { try await add(sessions) }
            }
            var foreign = fixture.seal(of: version, to: live)
            foreign = SealRecord(
                keyID: foreign.keyID, version: 2, recipientKind: .session, recipientID: foreign.recipientID,
                recipientPublicKey: StoreFixture.bytes(32, 9, 9), wrappedSeal: foreign.wrappedSeal)
            try await refusesAsInvalid {
                _ = try await store.insertVersion(
                    version, of: fixture.accountID, seals: [fixture.seal(of: key, 2), foreign], excused: [], graceUntil: nil, kekEpoch: 1,
                    expectedRevision: 8, now: StoreFixture.now)
            }
            try await checkEqual(store.versions(of: key.id).map(\.version), [1], "nothing was stored")
            // One that ended by time since it was listed does no harm, and gets nothing.
            try await add([live, over])
            let state = try await store.accountState(of: fixture.accountID, now: 0)
            try checkEqual(state.sessions.flatMap(\.seals), [fixture.seal(of: version, to: live)], "seals")
        },
        Case("an excused session needs no seal and gets none") { store in
            let (fixture, key) = try await accountWithKey(store)
            let session = try fixture.session(1, keys: [key.id])
            _ = try await store.insertSession(session, entries: [], kekEpoch: 0, expectedRevision: 2)
            let version = fixture.version(of: key, 2, state: .pending)
            try await refusesAsInvalid { try await fixture.add(version, in: store, at: 3) }
            try await fixture.add(version, sealedTo: [session], excused: [session.id], in: store, at: 3)
            try await fixture.add(fixture.version(of: key, 3, state: .pending), excused: [session.id], in: store, at: 4)
            try await checkEqual(store.accountState(of: fixture.accountID, now: 0).sessions.flatMap(\.seals), [], "seals")
        },
        Case("a pending version waits, and activating it sends the one before to grace, once") { store in
            let (fixture, key) = try await accountWithKey(store)
            let pending = fixture.version(of: key, 2, state: .pending)
            try await fixture.add(pending, in: store, at: 2)
            try await checkEqual(store.versions(of: key.id), [fixture.version(of: key), pending], "pending")
            try await refuses(.notFound) { _ = try await activate(3, of: key, in: store, graceUntil: 9) }
            try await checkEqual(activate(2, of: key, in: store, graceUntil: 900), 4, "new revision")
            try await checkEqual(activate(2, of: key, in: store, graceUntil: 999), 4, "nothing changes the second time")
            let versions = try await store.versions(of: key.id)
            try checkEqual(versions.map(\.state), [.grace, .active], "states")
            try checkEqual(versions.map(\.graceUntil), [900, nil], "grace")
            try checkEqual(versions.first?.ciphertext, fixture.version(of: key).ciphertext, "a version in grace keeps its ciphertext")
            try await refuses(.versionState(.grace)) { _ = try await activate(1, of: key, in: store, graceUntil: 9) }
        },
        Case("activating without grace shreds the version before") { store in
            let (fixture, key) = try await accountWithKey(store)
            let session = try fixture.session(1, keys: [key.id])
            _ = try await store.insertSession(session, entries: [fixture.entry(session, key.id)], kekEpoch: 1, expectedRevision: 2)
            let version = fixture.version(of: key, 2)
            try await fixture.add(version, sealedTo: [session], in: store, at: 3)
            let versions = try await store.versions(of: key.id)
            try checkEqual(versions.map(\.state), [.retired, .active], "states")
            try checkEqual(versions.first?.ciphertext, Blob([]), "ciphertext")
            try await checkEqual(store.accountSeals(of: key.id).map(\.version), [2], "seals")
            try await checkEqual(store.entries(of: session.id), [], "entries")
            try await refuses(.versionState(.retired)) { _ = try await activate(1, of: key, in: store, graceUntil: nil) }
        },
        Case("a rollback brings a version in grace back until its grace is over") { store in
            let (fixture, key) = try await accountWithKey(store)
            try await fixture.add(fixture.version(of: key, 2), graceUntil: 100, in: store, at: 2)
            func rollBack(_ version: UInt32, now: UInt64) async throws -> UInt64 {
                try await store.rollBackVersion(version, of: key.id, account: key.accountID, now: now)
            }
            try await refuses(.versionState(.retired)) { _ = try await rollBack(1, now: 100) }
            try await refuses(.notFound) { _ = try await rollBack(5, now: 0) }
            try await checkEqual(rollBack(1, now: 99), 4, "new revision")
            try await checkEqual(rollBack(1, now: 99), 4, "nothing changes the second time")
            try await checkEqual(store.versions(of: key.id).map(\.state), [.active, .pending], "states")
            try await checkEqual(store.versions(of: key.id).map(\.graceUntil), [nil, nil], "no grace is left over")
            try await refuses(.versionState(.pending)) { _ = try await rollBack(2, now: 0) }
        },
        Case("retiring shreds pending and grace versions, never the active one") { store in
            let (fixture, key) = try await accountWithKey(store)
            try await fixture.add(fixture.version(of: key, 2, state: .pending), in: store, at: 2)
            func retire(_ version: UInt32) async throws -> UInt64 {
                try await store.retireVersion(version, of: key.id, account: key.accountID)
            }
            try await refuses(.versionState(.active)) { _ = try await retire(1) }
            try await refuses(.notFound) { _ = try await retire(3) }
            try await refuses(.notFound) {
                _ = try await store.retireVersion(2, of: key.id, account: try StoreFixture(2).accountID)
            }
            try await checkEqual(retire(2), 4, "new revision")
            try await checkEqual(retire(2), 4, "nothing changes the second time")
            try await checkEqual(store.versions(of: key.id).map(\.ciphertext.bytes.isEmpty), [false, true], "ciphertexts")
            try await checkEqual(store.accountSeals(of: key.id).map(\.version), [1], "seals")
            try await refusesAsInvalid { try await fixture.add(fixture.version(of: key, 2, state: .pending), in: store, at: 4) }
        },
        Case("retires what is due and nothing else, and says what") { store in
            let (fixture, key) = try await accountWithKey(store)
            try await fixture.add(fixture.version(of: key, 2), graceUntil: 100, in: store, at: 2)
            try await fixture.add(fixture.version(of: key, 3), graceUntil: 200, in: store, at: 3)
            try await checkEqual(store.retireDue(now: 99), [], "nothing is due")
            let counter = try await store.changeCounter()
            let place = KeyVersionPlace(accountID: fixture.accountID, keyID: key.id, alias: key.alias, version: 1)
            try await checkEqual(store.retireDue(now: 100), [place], "due")
            try await checkEqual(store.changedAccounts(since: counter).ids, [fixture.accountID], "other brokers hear of it")
            try await checkEqual(store.versions(of: key.id).map(\.state), [.retired, .grace, .active], "states")
            try await checkEqual(store.retireDue(now: 100), [], "once")
        },
    ]

    static func activate(_ version: UInt32, of key: KeyRecord, in store: any Store, graceUntil: UInt64?) async throws -> UInt64 {
        try await store.activateVersion(version, of: key.id, account: key.accountID, graceUntil: graceUntil)
    }
}
