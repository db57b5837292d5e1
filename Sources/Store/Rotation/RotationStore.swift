package import Model

/// The part of a store that gives keys new values and accounts new keys.
package protocol RotationStore: Sendable {
    // MARK: Key versions

    /// Stores a further version of a key, pending or active, with its seals. An active one takes the place of the one before, which goes to
    /// grace, or is shredded at once.
    /// - Parameters:
    ///   - version: its number is the highest of the key plus one.
    ///   - seals: one to the account, and one to each live session that names the key. Those to sessions that ended by time since they
    ///     were listed are left out.
    ///   - excused: sessions for which no seal is stored: the caller keeps theirs itself, or their certificates are damaged.
    ///   - graceUntil: of the version that was active; `nil` shreds it.
    /// - Returns: the new revision.
    /// - Throws: `.revisionConflict`, `.notFound` (the account, or a key of its that is not revoked), `.writerEnded`,
    ///   `.kekEpochPassed`, `.invalid`.
    func insertVersion(
        _ version: KeyVersionRecord, of account: AccountID, seals: [SealRecord], excused: Set<SessionID>, graceUntil: UInt64?,
        kekEpoch: UInt32, expectedRevision: UInt64, now: UInt64
    ) async throws(StoreError) -> UInt64
    /// Makes a pending version the active one; the one that was goes to grace, or is shredded. For the active one nothing changes.
    /// - Returns: the account's revision.
    /// - Throws: `.notFound`, `.versionState` for a version in grace or retired.
    func activateVersion(
        _ version: UInt32, of key: KeyID, account: AccountID, graceUntil: UInt64?
    ) async throws(StoreError) -> UInt64
    /// Makes a version in grace the active one again; the one that was becomes pending. For the active one nothing changes.
    /// - Returns: the account's revision.
    /// - Throws: `.notFound`, `.versionState` for a version that is pending or retired, or whose grace is over at `now`.
    func rollBackVersion(_ version: UInt32, of key: KeyID, account: AccountID, now: UInt64) async throws(StoreError) -> UInt64
    /// Shreds the ciphertext, seals and session entries of a version that is pending or in grace. For a retired one nothing changes.
    /// - Returns: the account's revision.
    /// - Throws: `.notFound`, `.versionState` for the active one.
    func retireVersion(_ version: UInt32, of key: KeyID, account: AccountID) async throws(StoreError) -> UInt64
    /// Retires every version whose grace is over, of all accounts.
    /// - Returns: those it retired.
    func retireDue(now: UInt64) async throws(StoreError) -> [KeyVersionPlace]
    /// Puts entries in the place of the seals that a rotation left: the same DEKs in another form, so no revision grows. An entry whose seal
    /// is gone (its session ended, the version was retired, another broker was first) is left out.
    /// - Returns: those that were stored.
    /// - Throws: `.kekEpochPassed`, `.invalid`.
    func replaceSeals(by entries: [SessionEntryRecord], kekEpoch: UInt32) async throws(StoreError) -> [SessionEntryRecord]

    // MARK: Accounts

    /// Gives an account a new key: its slots get new records, its versions new seals.
    /// - Parameters:
    ///   - key: its epoch is the account's plus one.
    ///   - slots: wrapped records of exactly the account's slots.
    ///   - seals: to `key`, of exactly the versions that are not retired of keys that are not revoked.
    /// - Returns: the new revision.
    /// - Throws: `.revisionConflict`, `.notFound`, `.kekEpochPassed`, `.invalid`.
    func replaceAccountKey(
        of account: AccountID, key: AccountMessages.AccountKey, slots: [SlotID: Blob], seals: [SealRecord], kekEpoch: UInt32,
        expectedRevision: UInt64
    ) async throws(StoreError) -> UInt64
    /// Ends an account and stores another one under its name, with keys. The old one stays as a tombstone under a name that nobody chose,
    /// without slots; its keys are revoked, its sessions, access files and logins ended.
    /// - Parameters:
    ///   - account: at revision 1, with the old one's name.
    ///   - expectedRevision: of the old account.
    /// - Returns: the new account's revision.
    /// - Throws: `.revisionConflict`, `.notFound` (the old account), `.duplicate` (an id), `.kekEpochPassed`, `.invalid`.
    func renewAccount(
        _ old: AccountID, by account: AccountRecord, slots: [SlotRow], keys: [NewKey], kekEpoch: UInt32, expectedRevision: UInt64,
        now: UInt64
    ) async throws(StoreError) -> UInt64

    // MARK: Leases

    /// Leases that are not revoked and end after `now` and not after `until`, soonest first.
    func endingLeases(now: UInt64, until: UInt64) async throws(StoreError) -> [SessionRecord]
}

/// One version of one key, by every name it has.
package struct KeyVersionPlace: Hashable, Sendable {
    package let accountID: AccountID
    package let keyID: KeyID
    package let alias: Alias
    package let version: UInt32

    package init(accountID: AccountID, keyID: KeyID, alias: Alias, version: UInt32) {
        self.accountID = accountID
        self.keyID = keyID
        self.alias = alias
        self.version = version
    }
}

/// A provider key as it is first stored.
package struct NewKey: Hashable, Sendable {
    package let record: KeyRecord
    package let version: KeyVersionRecord
    /// One of them to the account.
    package let seals: [SealRecord]

    package init(record: KeyRecord, version: KeyVersionRecord, seals: [SealRecord]) {
        self.record = record
        self.version = version
        self.seals = seals
    }
}
