package import Model

/// What the broker keeps: ciphertext, ids and states. A store sees no key, no token and no passphrase.
///
/// Every method is one transaction: it is durable when it returns, and nothing of it happened when it throws. A change of an account's
/// state raises the account's revision by one and the store's change counter, in the same transaction; logins, usage and audit are not
/// such state. Lists leave rows out that do not parse, ``accountState(of:now:)`` and ``accountIDs()`` name them; a single row that does
/// not parse throws `.integrity`. `kekEpoch` is the epoch of the wraps in the call (0 where it has none): each such call throws
/// `.kekEpochPassed` where that is not the current one (``KEKStore``). Every implementation runs `StoreSuite`.
package protocol Store: KEKStore, AccessStore, RotationStore {
    /// Made with the store; names its anchor.
    var storeID: StoreID { get }

    // MARK: Accounts

    /// Stores a new account at revision 1 and, in the same transaction, uses up the invitation.
    /// - Parameters:
    ///   - account: its revision is 1 and its slot list's revision 0.
    ///   - slots: 1 to 256.
    ///   - invitationDigest: SHA-256 of the token; `nil` where none is needed.
    /// - Throws: `.invitationInvalid`, `.nameTaken`, `.duplicate` (the id), `.invalid`.
    func createAccount(
        _ account: AccountRecord, slots: [SlotRow], kekEpoch: UInt32, invitationDigest: Blob?, now: UInt64
    ) async throws(StoreError)
    /// `nil` where there is none.
    func account(_ id: AccountID) async throws(StoreError) -> AccountRecord?
    /// `nil` where there is none.
    func account(named name: AccountName) async throws(StoreError) -> AccountRecord?
    /// By time of creation; for the start, and `doctor`.
    func accountIDs() async throws(StoreError) -> AccountList
    /// Ascending by slot id.
    func slots(of account: AccountID) async throws(StoreError) -> [SlotRow]
    /// Keeps the named slots and adds others, 1 to 256 in all; the list then counts as signed for `expectedRevision`. Logins made with
    /// a slot that goes end with it.
    /// - Returns: the new revision.
    /// - Throws: `.revisionConflict`, `.notFound` (the account or a slot to keep), `.duplicate`, `.invalid`.
    func replaceSlots(
        of account: AccountID, keep: [SlotID], add: [SlotRow], kekEpoch: UInt32, slotListSignature: Blob, expectedRevision: UInt64
    ) async throws(StoreError) -> UInt64

    // MARK: Logins and invitations

    /// - Throws: `.notFound` where the account has no such slot, `.duplicate`.
    func insertLogin(_ login: LoginRecord) async throws(StoreError)
    /// `nil` where the token is unknown or expired at `now`.
    func login(tokenDigest: Blob, now: UInt64) async throws(StoreError) -> LoginRecord?
    /// Ends one login; an unknown one is no error.
    func deleteLogin(tokenDigest: Blob) async throws(StoreError)
    /// Ends every login of an account.
    func deleteLogins(of account: AccountID) async throws(StoreError)
    /// - Throws: `.duplicate`.
    func insertInvitation(_ invitation: InvitationRecord) async throws(StoreError)

    // MARK: Keys

    /// Stores a new provider key with one version and its seals.
    ///
    /// One alias names at most one key that is not revoked. A revoked key stays as a tombstone and its alias stays bound: it can be
    /// enrolled again under a new key id only where the identity key signed the version.
    /// - Returns: the new revision.
    /// - Throws: `.revisionConflict`, `.notFound` (the account), `.aliasTaken`, `.duplicate` (the key id), `.invalid`.
    func insertKey(
        _ key: KeyRecord, version: KeyVersionRecord, seals: [SealRecord], kekEpoch: UInt32, expectedRevision: UInt64
    ) async throws(StoreError) -> UInt64
    /// Revoked ones included, by time of creation.
    func keys(of account: AccountID) async throws(StoreError) -> [KeyRecord]
    /// Ascending.
    func versions(of key: KeyID) async throws(StoreError) -> [KeyVersionRecord]
    /// The seals to the account, by version.
    func accountSeals(of key: KeyID) async throws(StoreError) -> [SealRecord]
    /// Shreds every version's ciphertext, all seals and all session entries of a key and leaves a tombstone. Done twice it changes
    /// nothing. It takes no expected revision: revoking always wins.
    /// - Returns: the account's revision.
    /// - Throws: `.notFound` where the account has no such key.
    func revokeKey(_ key: KeyID, of account: AccountID, at time: UInt64) async throws(StoreError) -> UInt64

    // MARK: Sessions

    /// Stores a new session; sessions are insert-only.
    /// - Returns: the new revision.
    /// - Throws: `.revisionConflict`, `.duplicate` (the id, also of an ended session), `.notFound` (the account, or a key id that is not
    ///   one of its keys or is revoked), `.invalid`.
    func insertSession(
        _ session: SessionRecord, entries: [SessionEntryRecord], kekEpoch: UInt32, expectedRevision: UInt64
    ) async throws(StoreError) -> UInt64
    /// Live or ended; `nil` where there is none.
    func session(_ id: SessionID) async throws(StoreError) -> SessionRecord?
    /// Ended ones included until they are purged, by time of issue.
    func sessions(of account: AccountID) async throws(StoreError) -> [SessionRecord]
    /// What opens the session's keys, by key and version; none once it ended.
    func entries(of session: SessionID) async throws(StoreError) -> [SessionEntryRecord]
    /// Ends a session and deletes its entries and seals. Done twice it changes nothing.
    /// - Returns: the account's revision.
    /// - Throws: `.notFound`.
    func revokeSession(_ session: SessionID, at time: UInt64) async throws(StoreError) -> UInt64
    /// Ends every session of an account that is neither revoked nor expired, in one transaction.
    /// - Returns: those it ended.
    func revokeSessions(of account: AccountID, at time: UInt64) async throws(StoreError) -> [SessionID]

    /// Takes a block of a session's maximum of requests for the caller, before one of them is made (``RequestBlock``): whoever ends without
    /// giving back what it did not use leaves the session that many fewer, never more.
    /// - Returns: for each of `wanted`, in its order, how many the caller may let go; 0 where nothing is left, or the session is not there.
    ///   `.integrity` where the session's row of this does not parse, or is gone.
    func reserveRequests(_ wanted: [WantedRequests]) async throws(StoreError) -> [Result<UInt64, StoreError>]
    /// Gives back what was reserved and will not be used by the caller; sessions that are gone are no error.
    func returnRequests(_ counts: [SessionID: UInt64]) async throws(StoreError)

    // MARK: State

    /// One account's keys and sessions, in one snapshot; never throws for a row that does not parse.
    func accountState(of account: AccountID, now: UInt64) async throws(StoreError) -> AccountState
    /// Grows with every change of an account's state, by whichever broker.
    func changeCounter() async throws(StoreError) -> UInt64
    /// Accounts that changed after the counter stood at `counter`.
    func changedAccounts(since counter: UInt64) async throws(StoreError) -> AccountChanges
    /// Deletes expired logins and invitations, what opens keys of expired sessions, and ended sessions 7 days after their expiry. It
    /// changes nothing that still counts, so no revision grows.
    func purgeExpired(now: UInt64) async throws(StoreError)

    // MARK: Usage, audit, secrets

    /// Stores sums of calls; all or none.
    /// - Throws: `.invalid` for a number above 2^63 - 1.
    func appendUsage(_ records: [UsageRecord]) async throws(StoreError)
    /// Sums per (day in UTC, session, key, version, status, whether a key was opened) of what was written at or after `time`; `at` is the
    /// newest of each sum. What ``compactUsage(now:after:limit:)`` added up counts whole, where its newest call is at or after `time`.
    func usage(of account: AccountID, since time: UInt64) async throws(StoreError) -> [UsageRecord]
    /// One step of making usage of past days small: of the next `limit` rows those from before the last two whole days are added to one sum
    /// per (day, session, key, version, status, whether a key was opened). No call is counted twice or lost, whenever a process ends and
    /// however many brokers do this at once.
    /// - Parameter rowID: 0 at first, then what the last step returned.
    /// - Returns: where the next step begins; `nil` where no old row is left.
    func compactUsage(now: UInt64, after rowID: Int64, limit: Int) async throws(StoreError) -> Int64?
    /// Appends what `next` makes of where the log ends, in one transaction, so that several brokers make one chain. Of the last record only
    /// its place and hash count: one altered row must not stop the log.
    /// - Throws: `.invalid` where the new record's sequence or previous hash does not continue the last one.
    @discardableResult
    func appendAudit(_ next: @escaping @Sendable (AuditHead?) -> AuditRecord) async throws(StoreError) -> AuditRecord
    /// The newest `count` records, ascending.
    func audit(last count: Int) async throws(StoreError) -> [AuditRecord]
    /// At most `limit` records from `sequence` on, ascending.
    /// - Throws: `.integrity` where one of them does not parse: a chain has no gaps to leave out.
    func audit(from sequence: UInt64, limit: Int) async throws(StoreError) -> [AuditRecord]
    /// A wrapped key of the store itself; `nil` where there is none of this name.
    func secret(named name: String) async throws(StoreError) -> Blob?
    /// Stores a wrapped key unless there is one of this name.
    /// - Returns: the one that stands, so that brokers that start at once agree.
    func insertSecret(named name: String, wrapped: Blob, kekEpoch: UInt32) async throws(StoreError) -> Blob
}
