import Model
import Store

// Access files, key versions and account keys are the store's own.
extension MemorySessionsStore {
    func insertWriter(_ writer: WriterRecord, expectedRevision: UInt64) async throws(StoreError) -> UInt64 {
        try await inner.insertWriter(writer, expectedRevision: expectedRevision)
    }
    func writers(of account: AccountID) async throws(StoreError) -> [WriterRecord] { try await inner.writers(of: account) }
    func writer(_ id: WriterID) async throws(StoreError) -> WriterRecord? { try await inner.writer(id) }
    func revokeWriter(_ writer: WriterID, of account: AccountID, at time: UInt64) async throws(StoreError) -> UInt64 {
        try await inner.revokeWriter(writer, of: account, at: time)
    }
    func activateVersion(
        _ version: UInt32, of key: KeyID, account: AccountID, graceUntil: UInt64?
    ) async throws(StoreError) -> UInt64 {
        try await inner.activateVersion(version, of: key, account: account, graceUntil: graceUntil)
    }
    func rollBackVersion(_ version: UInt32, of key: KeyID, account: AccountID, now: UInt64) async throws(StoreError) -> UInt64 {
        try await inner.rollBackVersion(version, of: key, account: account, now: now)
    }
    func retireVersion(_ version: UInt32, of key: KeyID, account: AccountID) async throws(StoreError) -> UInt64 {
        try await inner.retireVersion(version, of: key, account: account)
    }
    func retireDue(now: UInt64) async throws(StoreError) -> [KeyVersionPlace] { try await inner.retireDue(now: now) }
    func replaceAccountKey(
        of account: AccountID, key: AccountMessages.AccountKey, slots: [SlotID: Blob], seals: [SealRecord], kekEpoch: UInt32,
        expectedRevision: UInt64
    ) async throws(StoreError) -> UInt64 {
        try await inner.replaceAccountKey(
            of: account, key: key, slots: slots, seals: seals, kekEpoch: kekEpoch, expectedRevision: expectedRevision)
    }
    func renewAccount(
        _ old: AccountID, by account: AccountRecord, slots: [SlotRow], keys: [NewKey], kekEpoch: UInt32, expectedRevision: UInt64,
        now: UInt64
    ) async throws(StoreError) -> UInt64 {
        try await inner.renewAccount(
            old, by: account, slots: slots, keys: keys, kekEpoch: kekEpoch, expectedRevision: expectedRevision, now: now)
    }
    func endingLeases(now: UInt64, until: UInt64) async throws(StoreError) -> [SessionRecord] {
        try await inner.endingLeases(now: now, until: until)
    }
}
