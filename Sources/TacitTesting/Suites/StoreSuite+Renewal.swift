import Model
import Store

extension StoreSuite {
    static let renewalCases = [
        Case("an entry takes a seal's place once, and none where the seal is gone") { store in
            let (fixture, key) = try await accountWithKey(store)
            let session = try fixture.session(1, keys: [key.id])
            _ = try await store.insertSession(session, entries: [], kekEpoch: 0, expectedRevision: 2)
            let entry = fixture.entry(session, key.id, 2)
            try await checkEqual(store.replaceSeals(by: [entry], kekEpoch: 1), [], "there is no seal")
            try await fixture.add(fixture.version(of: key, 2), graceUntil: 100, sealedTo: [session], in: store, at: 3)
            try await refuses(.kekEpochPassed) { _ = try await store.replaceSeals(by: [entry], kekEpoch: 2) }
            try await checkEqual(store.replaceSeals(by: [entry, fixture.entry(session, key.id, 1)], kekEpoch: 1), [entry], "stored")
            try await checkEqual(store.replaceSeals(by: [entry], kekEpoch: 1), [], "once")
            let state = try await store.accountState(of: fixture.accountID, now: 0)
            try checkEqual(state.sessions.first?.entries, [entry], "entries")
            try checkEqual(state.sessions.first?.seals, [], "seals")
            try checkEqual(state.account?.revision, 4, "no revision grows")
        },
        Case("refuses an account key on another revision, of another epoch, or without exactly the slots and versions") { store in
            let (fixture, key) = try await accountWithKey(store)
            let (first, second) = (try fixture.slot(1).parameters.slotID, try fixture.slot(2).parameters.slotID)
            let slots = [first: Blob([1]), second: Blob([2])]
            func replace(
                epoch: UInt32 = 2, slots: [SlotID: Blob] = slots, seals: [SealRecord]? = nil, kekEpoch: UInt32 = 1, at revision: UInt64 = 2
            ) async throws -> UInt64 {
                try await store.replaceAccountKey(
                    of: fixture.accountID, key: fixture.accountKey(epoch: epoch), slots: slots,
                    seals: seals ?? [fixture.accountSeal(of: key, 1)], kekEpoch: kekEpoch, expectedRevision: revision)
            }
            try await refuses(.revisionConflict(current: 2)) { _ = try await replace(at: 1) }
            try await refuses(.kekEpochPassed) { _ = try await replace(kekEpoch: 3) }
            for epoch in [0, 1, 3] as [UInt32] { try await refusesAsInvalid { _ = try await replace(epoch: epoch) } }
            let unknown = try StoreFixture.id(9, 9, as: SlotID.self)
            for slots in [[:], [first: Blob([1])], [first: Blob([1]), unknown: Blob([2])], [first: Blob([1]), second: Blob([])]] {
                try await refusesAsInvalid { _ = try await replace(slots: slots) }
            }
            for seals in [
                [], [fixture.seal(of: key)], [fixture.accountSeal(of: key, 2)],
                [fixture.accountSeal(of: key, 1), fixture.accountSeal(of: key, 1)],
            ] {
                try await refusesAsInvalid { _ = try await replace(seals: seals) }
            }
            try await checkEqual(store.account(fixture.accountID)?.accountKeyEpoch, 1, "nothing was stored")
            try await checkEqual(store.accountSeals(of: key.id), [fixture.seal(of: key)], "seals")
            try await checkEqual(replace(), 3, "new revision")
            let account = try await store.account(fixture.accountID)
            try checkEqual(account?.accountKeyEpoch, 2, "epoch")
            try checkEqual(account?.accountPublicKey, fixture.accountKey(epoch: 2).publicKey, "public key")
            try checkEqual(account?.slotListSignature, fixture.account.slotListSignature, "the slots' list stays")
            try await checkEqual(store.accountSeals(of: key.id), [fixture.accountSeal(of: key, 1)], "seals")
            try await checkEqual(Set(store.slots(of: fixture.accountID).map(\.wrappedRecord)), Set(slots.values), "records")
        },
        Case("an account key leaves retired versions and revoked keys alone") { store in
            let (fixture, key) = try await accountWithKey(store)
            let gone = try fixture.key(2, alias: "gone")
            try await fixture.enroll(gone, in: store, at: 2)
            _ = try await store.revokeKey(gone.id, of: fixture.accountID, at: 5)
            try await fixture.add(fixture.version(of: key, 2), in: store, at: 4)
            let slots = try [fixture.slot(1).parameters.slotID: Blob([1]), fixture.slot(2).parameters.slotID: Blob([2])]
            _ = try await store.replaceAccountKey(
                of: fixture.accountID, key: fixture.accountKey(epoch: 2), slots: slots, seals: [fixture.accountSeal(of: key, 2)],
                kekEpoch: 1, expectedRevision: 5)
            try await checkEqual(store.accountSeals(of: key.id).map(\.version), [2], "seals")
        },
        Case("refuses a renewal on another revision, under another name, with ids that are there, and changes nothing") { store in
            let (fixture, key) = try await accountWithKey(store)
            let (new, other) = (try StoreFixture(3), try StoreFixture(2))
            try await other.create(in: store)
            let account = new.account(named: fixture.name)
            func renew(_ account: AccountRecord = account, keys: [NewKey] = [], at revision: UInt64 = 2) async throws {
                let slots = try [StoreFixture(account.id == new.accountID ? 3 : 1).slot(1)]
                _ = try await store.renewAccount(
                    fixture.accountID, by: account, slots: slots, keys: keys, kekEpoch: 1, expectedRevision: revision, now: 77)
            }
            try await refuses(.revisionConflict(current: 2)) { try await renew(at: 1) }
            try await refusesAsInvalid { try await renew(new.account) }
            try await refusesAsInvalid { try await renew(new.account(named: other.name)) }
            try await refuses(.duplicate) { try await renew(fixture.account) }
            let renewed = try new.key(1, alias: "openai")
            let taken = NewKey(record: renewed, version: new.version(of: renewed), seals: [])
            try await refusesAsInvalid { try await renew(keys: [taken]) }
            try await checkEqual(store.account(fixture.accountID), fixture.account(at: 2), "account")
            try await checkEqual(store.account(new.accountID), nil, "no new account")
            try await checkEqual(store.versions(of: key.id), [fixture.version(of: key)], "versions")
        },
        Case("a renewal ends everything of the old account and gives its name to the new one") { store in
            let (fixture, key) = try await accountWithKey(store)
            let new = try StoreFixture(3)
            let session = try fixture.session(1, keys: [key.id])
            _ = try await store.insertSession(session, entries: [fixture.entry(session, key.id)], kekEpoch: 1, expectedRevision: 2)
            let writer = try fixture.writer(1)
            _ = try await store.insertWriter(writer, expectedRevision: 3)
            let login = LoginRecord(
                tokenDigest: StoreFixture.bytes(32, 1, 77), accountID: fixture.accountID, slotID: try fixture.slot(1).parameters.slotID,
                expiresAt: StoreFixture.now + 900)
            try await store.insertLogin(login)
            let renewed = try new.key(1, alias: "openai")
            let keys = [NewKey(record: renewed, version: new.version(of: renewed), seals: [new.seal(of: renewed)])]
            let revision = try await store.renewAccount(
                fixture.accountID, by: new.account(named: fixture.name), slots: [new.slot(1)], keys: keys, kekEpoch: 1,
                expectedRevision: 4, now: 77)
            try checkEqual(revision, 2, "the new account's revision")
            try await checkEqual(store.account(named: fixture.name)?.id, new.accountID, "name")
            try await checkEqual(store.keys(of: new.accountID), [renewed], "keys")
            try await checkEqual(store.accountSeals(of: renewed.id), [new.seal(of: renewed)], "seals")
            try await checkEqual(store.slots(of: new.accountID), [new.slot(1)], "slots")
            let state = try await store.accountState(of: fixture.accountID, now: 0)
            try checkEqual(state.account?.endedAt, 77, "tombstone")
            try check(state.account?.name.text.hasPrefix("ended.") == true, "a name nobody chose")
            try checkEqual(state.keys.map(\.record.revokedAt), [77], "keys are revoked")
            try checkEqual(state.keys.flatMap(\.versions).map(\.ciphertext), [Blob([])], "ciphertexts are shredded")
            try checkEqual(state.sessions, [], "sessions")
            try checkEqual(state.endedSessions.map(\.revokedAt), [77], "ended sessions")
            try checkEqual(state.writers.map(\.revokedAt), [77], "writers")
            try checkEqual(state.faults, [], "faults")
            try await checkEqual(store.slots(of: fixture.accountID), [], "slots")
            try await checkEqual(store.entries(of: session.id), [], "entries")
            try await checkEqual(store.login(tokenDigest: login.tokenDigest, now: StoreFixture.now), nil, "logins")
        },
        Case("names the leases that end soon, and no others") { store in
            let (fixture, key) = try await accountWithKey(store)
            let (soon, later, ended) = (
                try fixture.session(1, keys: [key.id], expiresIn: 100), try fixture.session(2, keys: [key.id], expiresIn: 300),
                try fixture.session(3, keys: [key.id], expiresIn: 90)
            )
            for (index, session) in [soon, later, ended].enumerated() {
                _ = try await store.insertSession(session, entries: [], kekEpoch: 0, expectedRevision: UInt64(2 + index))
            }
            _ = try await store.revokeSession(ended.id, at: 5)
            let now = StoreFixture.now
            try await checkEqual(store.endingLeases(now: now, until: now + 200), [soon], "soon")
            try await checkEqual(store.endingLeases(now: now + 100, until: now + 200), [], "what ended needs no warning")
            try await checkEqual(store.endingLeases(now: now, until: now + 300), [soon, later], "until then")
        },
    ]
}
