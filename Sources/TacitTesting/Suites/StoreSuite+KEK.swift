import Model
import Store

extension StoreSuite {
    static let kekCases = [
        Case("refuses every insert with wraps of an epoch that is not the current one, and changes nothing") { store in
            let fixture = try StoreFixture(1)
            let key = try fixture.key(1, alias: "openai")
            try await fixture.create(in: store)
            try await fixture.enroll(key, in: store, at: 1)
            try await checkEqual(store.registerKEKEpoch(next(2), replacing: 1).epoch, 2, "second epoch")
            let other = try StoreFixture(2)
            let added = try fixture.key(2, alias: "anthropic")
            let session = try fixture.session(1, keys: [key.id])
            for epoch in [0, 1, 3] as [UInt32] {
                try await refuses(.kekEpochPassed) {
                    try await store.createAccount(
                        other.account, slots: [other.slot(1)], kekEpoch: epoch, invitationDigest: nil, now: StoreFixture.now)
                }
                try await refuses(.kekEpochPassed) {
                    _ = try await store.replaceSlots(
                        of: fixture.accountID, keep: [], add: [fixture.slot(7)], kekEpoch: epoch,
                        slotListSignature: fixture.account.slotListSignature, expectedRevision: 2)
                }
                try await refuses(.kekEpochPassed) {
                    _ = try await store.insertKey(
                        added, version: fixture.version(of: added), seals: [fixture.seal(of: added)], kekEpoch: epoch, expectedRevision: 2)
                }
                try await refuses(.kekEpochPassed) {
                    _ = try await store.insertSession(
                        session, entries: [fixture.entry(session, key.id)], kekEpoch: epoch, expectedRevision: 2)
                }
                try await refuses(.kekEpochPassed) {
                    _ = try await store.insertSecret(named: "login", wrapped: StoreFixture.bytes(85, 1, 1), kekEpoch: epoch)
                }
            }
            try await checkEqual(store.account(fixture.accountID)?.revision, 2, "revision")
            try await checkEqual(store.account(other.accountID), nil, "account")
            try await checkEqual(store.secret(named: "login"), nil, "secret")
            _ = try await store.insertSession(session, entries: [], kekEpoch: 0, expectedRevision: 2)
        },
        Case("refuses an epoch of a version that is passed, and one that replaces another than the current") { store in
            try await refuses(.kekEpochPassed) { _ = try await store.registerKEKEpoch(next(2), replacing: nil) }
            try await refuses(.kekEpochPassed) { _ = try await store.registerKEKEpoch(next(2), replacing: 7) }
            _ = try await store.registerKEKEpoch(next(5), replacing: 1)
            for version in [1, 4] as [UInt32] {
                try await refuses(.kekEpochPassed) { _ = try await store.registerKEKEpoch(next(version), replacing: 2) }
            }
            let moved = NewKEKEpoch(custody: "file:/other/keyring", version: 1, probe: nil, createdAt: StoreFixture.now)
            try await refuses(.kekEpochPassed) { _ = try await store.registerKEKEpoch(moved, replacing: 1) }
            try await checkEqual(store.registerKEKEpoch(moved, replacing: 2).epoch, 3, "moved")
            try await refuses(.kekEpochPassed) { _ = try await store.registerKEKEpoch(next(5), replacing: 3) }
            try await checkEqual(store.registerKEKEpoch(next(6), replacing: 3).epoch, 4, "moved back")
        },
        Case("one epoch is current, however many brokers register it, and only it has a probe") { store in
            let epochs = try await withThrowingTaskGroup(of: UInt32.self) { group in
                for _ in 0..<8 { group.addTask { try await store.registerKEKEpoch(next(2), replacing: 1).epoch } }
                return try await group.reduce(into: Set<UInt32>()) { $0.insert($1) }
            }
            try checkEqual(epochs, [2], "epochs")
            let all = try await store.kekEpochs()
            try checkEqual(all.map(\.epoch), [1, 2], "all")
            try checkEqual(all.map(\.state), [.old, .current], "states")
            try checkEqual(all.map(\.probe), [nil, next(2).probe], "probes")
            try checkEqual(all.map(\.custody), [custody, custody], "custodies")
        },
        Case("renames a custody in all its epochs, and never onto another one") { store in
            _ = try await store.registerKEKEpoch(next(2), replacing: 1)
            try await refusesAsInvalid { try await store.renameKEKCustody(from: custody, to: custody) }
            try await store.renameKEKCustody(from: custody, to: "file:/new/keyring")
            try await checkEqual(store.kekEpochs().map(\.custody), ["file:/new/keyring", "file:/new/keyring"], "renamed")
        },
    ]

    private static let custody = "file:/fixture/keyring"

    private static func next(_ version: UInt32) -> NewKEKEpoch {
        NewKEKEpoch(custody: custody, version: version, probe: StoreFixture.bytes(69, 2, 50), createdAt: StoreFixture.now)
    }
}
