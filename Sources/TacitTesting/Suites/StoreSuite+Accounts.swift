import Model
import Store

extension StoreSuite {
    static let accountCases = [
        Case("refuses a second account of the same name, and of the same id") { store in
            let (first, second) = (try StoreFixture(1), try StoreFixture(2))
            try await first.create(in: store)
            let twin = AccountRecord(
                id: second.accountID, name: first.name, identityPublicKey: second.account.identityPublicKey, accountKeyEpoch: 1,
                accountPublicKey: second.account.accountPublicKey, accountKeySignature: second.account.accountKeySignature,
                slotListRevision: 0, slotListSignature: second.account.slotListSignature, revision: 1, createdAt: 0)
            try await refuses(.nameTaken) {
                try await store.createAccount(twin, slots: [second.slot(1)], kekEpoch: 1, invitationDigest: nil, now: StoreFixture.now)
            }
            try await checkEqual(store.account(second.accountID), nil, "nothing was stored")
            let clone = AccountRecord(
                id: first.accountID, name: second.name, identityPublicKey: second.account.identityPublicKey, accountKeyEpoch: 1,
                accountPublicKey: second.account.accountPublicKey, accountKeySignature: second.account.accountKeySignature,
                slotListRevision: 0, slotListSignature: second.account.slotListSignature, revision: 1, createdAt: 0)
            try await refuses(.duplicate) {
                try await store.createAccount(clone, slots: [first.slot(5)], kekEpoch: 1, invitationDigest: nil, now: StoreFixture.now)
            }
            try await checkEqual(store.slots(of: first.accountID).count, 2, "the first account's slots stand")
        },
        Case("refuses an account without slots, with a foreign slot, at another revision, or with a signature of another length") { store in
            let (first, second) = (try StoreFixture(1), try StoreFixture(2))
            for slots in [[], [try second.slot(1)]] {
                try await refusesAsInvalid {
                    try await store.createAccount(first.account, slots: slots, kekEpoch: 1, invitationDigest: nil, now: StoreFixture.now)
                }
            }
            var later = first.account
            later.revision = 2
            var short = first.account
            short.accountKeySignature = Blob([1, 2, 3])
            for account in [later, short] {
                try await refusesAsInvalid {
                    try await store.createAccount(account, slots: [first.slot(1)], kekEpoch: 1, invitationDigest: nil, now: 0)
                }
            }
            try await checkEqual(store.accountIDs().ids, [], "nothing was stored")
        },
        Case("an invitation serves once, and not after its expiry") { store in
            let (first, second, third) = (try StoreFixture(1), try StoreFixture(2), try StoreFixture(3))
            let (good, old) = (StoreFixture.bytes(32, 9, 9), StoreFixture.bytes(32, 9, 10))
            try await store.insertInvitation(InvitationRecord(tokenDigest: good, expiresAt: StoreFixture.now + 1))
            try await store.insertInvitation(InvitationRecord(tokenDigest: old, expiresAt: StoreFixture.now))
            func create(_ fixture: StoreFixture, _ digest: Blob) async throws {
                try await store.createAccount(
                    fixture.account, slots: [fixture.slot(1)], kekEpoch: 1, invitationDigest: digest, now: StoreFixture.now)
            }
            try await refuses(.invitationInvalid) { try await create(second, old) }
            try await refuses(.invitationInvalid) { try await create(second, StoreFixture.bytes(32, 9, 11)) }
            try await refuses(.duplicate) {
                try await store.insertInvitation(InvitationRecord(tokenDigest: good, expiresAt: StoreFixture.now + 9))
            }
            try await create(first, good)
            try await refuses(.invitationInvalid) { try await create(second, good) }
            // A refused account does not use the invitation up.
            let next = StoreFixture.bytes(32, 9, 12)
            try await store.insertInvitation(InvitationRecord(tokenDigest: next, expiresAt: StoreFixture.now + 1))
            try await refuses(.nameTaken) { try await create(first, next) }
            try await create(third, next)
        },
        Case("gives back accounts and slots as they were stored") { store in
            let fixture = try StoreFixture(1)
            let slots = [try fixture.slot(1), try fixture.slot(2, .browserPassphrase), try fixture.slot(3, .recoveryCode)]
            try await store.createAccount(fixture.account, slots: slots, kekEpoch: 1, invitationDigest: nil, now: StoreFixture.now)
            try await checkEqual(store.account(fixture.accountID), fixture.account, "account by id")
            try await checkEqual(store.account(named: fixture.name), fixture.account, "account by name")
            try await checkEqual(store.account(named: StoreFixture(2).name), nil, "unknown name")
            try await checkEqual(Set(store.slots(of: fixture.accountID)), Set(slots), "slots")
            try await checkEqual(store.accountIDs(), AccountList(ids: [fixture.accountID], faults: []), "ids")
        },
        Case("replaces slots on the expected revision only, and ends the logins of those that go") { store in
            let fixture = try StoreFixture(1)
            try await fixture.create(in: store)
            let (kept, dropped) = (try fixture.slot(1), try fixture.slot(2, .recoveryCode))
            for (field, slot) in [(UInt8(1), kept), (2, dropped)] {
                try await store.insertLogin(
                    LoginRecord(
                        tokenDigest: StoreFixture.bytes(32, 50, field), accountID: fixture.accountID, slotID: slot.parameters.slotID,
                        expiresAt: StoreFixture.now + 900))
            }
            let signature = StoreFixture.bytes(64, 77, 1)
            func replace(keep: [SlotID], add: [SlotRow], at revision: UInt64) async throws -> UInt64 {
                try await store.replaceSlots(
                    of: fixture.accountID, keep: keep, add: add, kekEpoch: 1, slotListSignature: signature, expectedRevision: revision)
            }
            let added = try fixture.slot(3)
            try await refuses(.revisionConflict(current: 1)) { _ = try await replace(keep: [], add: [added], at: 0) }
            try await refuses(.notFound) { _ = try await replace(keep: [added.parameters.slotID], add: [], at: 1) }
            try await refuses(.duplicate) { _ = try await replace(keep: [], add: [kept], at: 1) }
            try await refusesAsInvalid { _ = try await replace(keep: [], add: [], at: 1) }
            try await checkEqual(replace(keep: [kept.parameters.slotID], add: [added], at: 1), 2, "new revision")
            try await checkEqual(Set(store.slots(of: fixture.accountID)), [kept, added], "slots")
            let account = try await store.account(fixture.accountID)
            try checkEqual(account?.slotListRevision, 1, "the revision that was signed")
            try checkEqual(account?.slotListSignature, signature, "signature")
            try checkEqual(account?.revision, 2, "revision")
            let logins = [
                try await store.login(tokenDigest: StoreFixture.bytes(32, 50, 1), now: StoreFixture.now),
                try await store.login(tokenDigest: StoreFixture.bytes(32, 50, 2), now: StoreFixture.now),
            ]
            try checkEqual(logins.map { $0 != nil }, [true, false], "logins")
        },
    ]
}
