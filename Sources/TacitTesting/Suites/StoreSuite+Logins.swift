import Model
import Store

extension StoreSuite {
    static let loginCases = [
        Case("refuses a login without its slot, and a token twice") { store in
            let fixture = try StoreFixture(1)
            try await fixture.create(in: store)
            let good = login(fixture, 1, slot: try fixture.slot(1))
            try await refuses(.notFound) { try await store.insertLogin(login(fixture, 2, slot: try fixture.slot(9))) }
            try await store.insertLogin(good)
            try await refuses(.duplicate) { try await store.insertLogin(good) }
        },
        Case("a login counts until it expires or is deleted") { store in
            let fixture = try StoreFixture(1)
            try await fixture.create(in: store)
            let logins = try (1...3).map { login(fixture, UInt8($0), slot: try fixture.slot(1)) }
            for login in logins { try await store.insertLogin(login) }
            let end = StoreFixture.now + 900
            try await checkEqual(store.login(tokenDigest: logins[0].tokenDigest, now: end - 1), logins[0], "before its expiry")
            try await checkEqual(store.login(tokenDigest: logins[0].tokenDigest, now: end), nil, "at its expiry")
            try await checkEqual(store.login(tokenDigest: Blob([1]), now: 0), nil, "unknown")
            try await store.deleteLogin(tokenDigest: logins[0].tokenDigest)
            try await checkEqual(store.login(tokenDigest: logins[0].tokenDigest, now: 0), nil, "deleted")
            try await checkEqual(store.login(tokenDigest: logins[1].tokenDigest, now: 0), logins[1], "the others stand")
            try await store.deleteLogins(of: fixture.accountID)
            try await checkEqual(store.login(tokenDigest: logins[1].tokenDigest, now: 0), nil, "all deleted")
            try await checkEqual(store.account(fixture.accountID)?.revision, 1, "logins are no state of the account")
        },
    ]

    private static func login(_ fixture: StoreFixture, _ number: UInt8, slot: SlotRow) -> LoginRecord {
        LoginRecord(
            tokenDigest: StoreFixture.bytes(32, 60, number), accountID: fixture.accountID, slotID: slot.parameters.slotID,
            expiresAt: StoreFixture.now + 900)
    }
}
