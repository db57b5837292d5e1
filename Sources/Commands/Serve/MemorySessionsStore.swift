import Model
import Store
import Synchronization

/// A store whose session entries and seals stay in this process (`--sessions memory`): what opens a session's keys is never written, so
/// sessions end with the broker that holds them. Certificates are stored as always, for lists, revocation and audit.
///
/// Its broker has the store for itself (``StoreUse``): what another one held in memory could be listed by neither. Sessions that are stored
/// from before end at the start (``endStored(at:)``).
final class MemorySessionsStore: Store {
    /// What opens the keys of one session.
    private struct Kept {
        var entries: [SessionEntryRecord]
        var seals: [SealRecord] = []
    }

    let inner: any Store
    private let kept = Mutex<[SessionID: Kept]>([:])

    init(_ inner: any Store) {
        self.inner = inner
    }

    var storeID: StoreID { inner.storeID }

    /// Ends every session that is stored: what opened their keys was in a process that is gone, or rests in the database, from which this
    /// one takes nothing. Left live they would be asked for at each rotation, and answer to nobody.
    /// - Returns: how many it ended.
    func endStored(at time: UInt64) async throws(StoreError) -> Int {
        var count = 0
        for id in try await inner.accountIDs().ids {
            do throws(StoreError) { count += try await inner.revokeSessions(of: id, at: time).count } catch {
                // An account whose row was altered opens nothing and is named when it is loaded.
                guard case .integrity = error else { throw error }
            }
        }
        return count
    }

    func insertSession(
        _ session: SessionRecord, entries: [SessionEntryRecord], kekEpoch: UInt32, expectedRevision: UInt64
    ) async throws(StoreError) -> UInt64 {
        // Kept first: the change counter shows the session to the poll loop as soon as it is stored. An id already kept is not ours to drop.
        let isNew = kept.withLock { kept in
            guard kept[session.id] == nil else { return false }
            kept[session.id] = Kept(entries: entries)
            return true
        }
        guard isNew else { throw .duplicate }
        do throws(StoreError) {
            return try await inner.insertSession(session, entries: [], kekEpoch: kekEpoch, expectedRevision: expectedRevision)
        } catch {
            _ = kept.withLock { $0.removeValue(forKey: session.id) }
            throw error
        }
    }

    func entries(of session: SessionID) async throws(StoreError) -> [SessionEntryRecord] {
        kept.withLock { $0[session]?.entries ?? [] }
    }

    func revokeSession(_ session: SessionID, at time: UInt64) async throws(StoreError) -> UInt64 {
        let revision = try await inner.revokeSession(session, at: time)
        _ = kept.withLock { $0.removeValue(forKey: session) }
        return revision
    }

    func revokeSessions(of account: AccountID, at time: UInt64) async throws(StoreError) -> [SessionID] {
        let ended = try await inner.revokeSessions(of: account, at: time)
        kept.withLock { kept in for session in ended { kept[session] = nil } }
        return ended
    }

    func revokeKey(_ key: KeyID, of account: AccountID, at time: UInt64) async throws(StoreError) -> UInt64 {
        let revision = try await inner.revokeKey(key, of: account, at: time)
        kept.withLock { kept in
            for id in kept.keys {
                kept[id]?.entries.removeAll { $0.keyID == key }
                kept[id]?.seals.removeAll { $0.keyID == key }
            }
        }
        return revision
    }

    func insertVersion(
        _ version: KeyVersionRecord, of account: AccountID, seals: [SealRecord], excused: Set<SessionID>, graceUntil: UInt64?,
        kekEpoch: UInt32, expectedRevision: UInt64, now: UInt64
    ) async throws(StoreError) -> UInt64 {
        let own = kept.withLock { kept in
            var own: [SessionID: SealRecord] = [:]
            for seal in seals where seal.recipientKind == .session {
                guard let id = SessionID(bytes: seal.recipientID.bytes), kept[id] != nil else { continue }
                own[id] = seal
                kept[id]?.seals.append(seal)
            }
            return own
        }
        let recipients = Set(own.keys.map { Blob($0.bytes) })
        let others = seals.filter { $0.recipientKind == .account || !recipients.contains($0.recipientID) }
        do throws(StoreError) {
            return try await inner.insertVersion(
                version, of: account, seals: others, excused: excused.union(own.keys), graceUntil: graceUntil, kekEpoch: kekEpoch,
                expectedRevision: expectedRevision, now: now)
        } catch {
            kept.withLock { kept in for (id, seal) in own { kept[id]?.seals.removeAll { $0 == seal } } }
            throw error
        }
    }

    func replaceSeals(by entries: [SessionEntryRecord], kekEpoch: UInt32) async throws(StoreError) -> [SessionEntryRecord] {
        let own = kept.withLock { kept in
            entries.filter { entry in
                guard var session = kept[entry.sessionID] else { return false }
                let count = session.seals.count
                session.seals.removeAll { $0.keyID == entry.keyID && $0.version == entry.version }
                guard session.seals.count < count else { return false }
                session.entries.append(entry)
                kept[entry.sessionID] = session
                return true
            }
        }
        return own + (try await inner.replaceSeals(by: entries.filter { !own.contains($0) }, kekEpoch: kekEpoch))
    }

    func accountState(of account: AccountID, now: UInt64) async throws(StoreError) -> AccountState {
        let state = try await inner.accountState(of: account, now: now)
        // Revoked and retired versions, by whichever broker, never come back. One that is not in the state yet was just added here.
        let gone = state.keys.reduce(into: [KeyID: Set<UInt32>]()) { gone, key in
            let isRevoked = key.record.revokedAt != nil
            gone[key.record.id] = Set(key.versions.filter { isRevoked || $0.state == .retired }.map(\.version))
        }
        func isGone(_ key: KeyID, _ version: UInt32) -> Bool { gone[key]?.contains(version) ?? false }
        let sessions = kept.withLock { kept in
            for ended in state.endedSessions { kept[ended.id] = nil }
            return state.sessions.compactMap { session -> SessionState? in
                guard var own = kept[session.record.id] else { return nil }
                own.entries.removeAll { isGone($0.keyID, $0.version) }
                own.seals.removeAll { isGone($0.keyID, $0.version) }
                kept[session.record.id] = own
                return SessionState(record: session.record, entries: own.entries, seals: own.seals)
            }
        }
        return AccountState(
            account: state.account, keys: state.keys, sessions: sessions, endedSessions: state.endedSessions, writers: state.writers,
            faults: state.faults)
    }
}

// Everything else is the store's own.
extension MemorySessionsStore {
    func createAccount(
        _ account: AccountRecord, slots: [SlotRow], kekEpoch: UInt32, invitationDigest: Blob?, now: UInt64
    ) async throws(StoreError) {
        try await inner.createAccount(account, slots: slots, kekEpoch: kekEpoch, invitationDigest: invitationDigest, now: now)
    }
    func account(_ id: AccountID) async throws(StoreError) -> AccountRecord? { try await inner.account(id) }
    func account(named name: AccountName) async throws(StoreError) -> AccountRecord? { try await inner.account(named: name) }
    func accountIDs() async throws(StoreError) -> AccountList { try await inner.accountIDs() }
    func slots(of account: AccountID) async throws(StoreError) -> [SlotRow] { try await inner.slots(of: account) }
    func replaceSlots(
        of account: AccountID, keep: [SlotID], add: [SlotRow], kekEpoch: UInt32, slotListSignature: Blob, expectedRevision: UInt64
    ) async throws(StoreError) -> UInt64 {
        try await inner.replaceSlots(
            of: account, keep: keep, add: add, kekEpoch: kekEpoch, slotListSignature: slotListSignature,
            expectedRevision: expectedRevision)
    }
    func insertLogin(_ login: LoginRecord) async throws(StoreError) { try await inner.insertLogin(login) }
    func login(tokenDigest: Blob, now: UInt64) async throws(StoreError) -> LoginRecord? {
        try await inner.login(tokenDigest: tokenDigest, now: now)
    }
    func deleteLogin(tokenDigest: Blob) async throws(StoreError) { try await inner.deleteLogin(tokenDigest: tokenDigest) }
    func deleteLogins(of account: AccountID) async throws(StoreError) { try await inner.deleteLogins(of: account) }
    func insertInvitation(_ invitation: InvitationRecord) async throws(StoreError) { try await inner.insertInvitation(invitation) }
    func insertKey(
        _ key: KeyRecord, version: KeyVersionRecord, seals: [SealRecord], kekEpoch: UInt32, expectedRevision: UInt64
    ) async throws(StoreError) -> UInt64 {
        try await inner.insertKey(key, version: version, seals: seals, kekEpoch: kekEpoch, expectedRevision: expectedRevision)
    }
    func keys(of account: AccountID) async throws(StoreError) -> [KeyRecord] { try await inner.keys(of: account) }
    func versions(of key: KeyID) async throws(StoreError) -> [KeyVersionRecord] { try await inner.versions(of: key) }
    func accountSeals(of key: KeyID) async throws(StoreError) -> [SealRecord] { try await inner.accountSeals(of: key) }
    func session(_ id: SessionID) async throws(StoreError) -> SessionRecord? { try await inner.session(id) }
    func sessions(of account: AccountID) async throws(StoreError) -> [SessionRecord] { try await inner.sessions(of: account) }
    func reserveRequests(_ wanted: [WantedRequests]) async throws(StoreError) -> [Result<UInt64, StoreError>] {
        try await inner.reserveRequests(wanted)
    }
    func returnRequests(_ counts: [SessionID: UInt64]) async throws(StoreError) { try await inner.returnRequests(counts) }
    func changeCounter() async throws(StoreError) -> UInt64 { try await inner.changeCounter() }
    func changedAccounts(since counter: UInt64) async throws(StoreError) -> AccountChanges {
        try await inner.changedAccounts(since: counter)
    }
    func purgeExpired(now: UInt64) async throws(StoreError) { try await inner.purgeExpired(now: now) }
    func appendUsage(_ records: [UsageRecord]) async throws(StoreError) { try await inner.appendUsage(records) }
    func usage(of account: AccountID, since time: UInt64) async throws(StoreError) -> [UsageRecord] {
        try await inner.usage(of: account, since: time)
    }
    func compactUsage(now: UInt64, after rowID: Int64, limit: Int) async throws(StoreError) -> Int64? {
        try await inner.compactUsage(now: now, after: rowID, limit: limit)
    }
    func appendAudit(_ next: @escaping @Sendable (AuditHead?) -> AuditRecord) async throws(StoreError) -> AuditRecord {
        try await inner.appendAudit(next)
    }
    func audit(last count: Int) async throws(StoreError) -> [AuditRecord] { try await inner.audit(last: count) }
    func audit(from sequence: UInt64, limit: Int) async throws(StoreError) -> [AuditRecord] {
        try await inner.audit(from: sequence, limit: limit)
    }
    func kekEpochs() async throws(StoreError) -> [KEKEpoch] { try await inner.kekEpochs() }
    func registerKEKEpoch(_ new: NewKEKEpoch, replacing current: UInt32?) async throws(StoreError) -> KEKEpoch {
        try await inner.registerKEKEpoch(new, replacing: current)
    }
    func renameKEKCustody(from old: String, to new: String) async throws(StoreError) {
        try await inner.renameKEKCustody(from: old, to: new)
    }
    func retireKEKEpoch(_ epoch: UInt32) async throws(StoreError) -> UInt64 { try await inner.retireKEKEpoch(epoch) }
    func kekUses() async throws(StoreError) -> WrapCounts { try await inner.kekUses() }
    func kekJob() async throws(StoreError) -> KEKJob? { try await inner.kekJob() }
    func startKEKJob(target: UInt32, now: UInt64) async throws(StoreError) -> KEKJob {
        try await inner.startKEKJob(target: target, now: now)
    }
    func claimKEKJob(holder: Blob, now: UInt64, staleSeconds: UInt64) async throws(StoreError) -> KEKJob? {
        try await inner.claimKEKJob(holder: holder, now: now, staleSeconds: staleSeconds)
    }
    func beatKEKJob(holder: Blob, now: UInt64) async throws(StoreError) { try await inner.beatKEKJob(holder: holder, now: now) }
    func releaseKEKJob(holder: Blob, cause: String) async throws(StoreError) {
        try await inner.releaseKEKJob(holder: holder, cause: cause)
    }
    func staleWraps(
        in table: WrapTable, below target: UInt32, after rowID: Int64, limit: Int
    ) async throws(StoreError) -> StaleWraps {
        try await inner.staleWraps(in: table, below: target, after: rowID, limit: limit)
    }
    func replaceWraps(
        _ wraps: [ReplacedWrap], in table: WrapTable, target: UInt32, damaged: [IntegrityFault], holder: Blob, now: UInt64
    ) async throws(StoreError) -> Set<Int64> {
        try await inner.replaceWraps(wraps, in: table, target: target, damaged: damaged, holder: holder, now: now)
    }
    func truncateLog() async throws(StoreError) -> Bool { try await inner.truncateLog() }
    func finishKEKJob(
        target: UInt32, damaged: [IntegrityFault], holder: Blob, now: UInt64
    ) async throws(StoreError) -> Bool {
        try await inner.finishKEKJob(target: target, damaged: damaged, holder: holder, now: now)
    }
    func secret(named name: String) async throws(StoreError) -> Blob? { try await inner.secret(named: name) }
    func insertSecret(named name: String, wrapped: Blob, kekEpoch: UInt32) async throws(StoreError) -> Blob {
        try await inner.insertSecret(named: name, wrapped: wrapped, kekEpoch: kekEpoch)
    }
}
