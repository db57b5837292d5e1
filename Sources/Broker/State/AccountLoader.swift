import Custody
import Envelope
import Model
import Sessions
import Store

/// Reads one account, believes nothing that a signature or hash can prove, and opens its session entries.
///
/// A row that fails is named and still handed over where it then opens nothing (its context no longer fits), so that its user hears
/// `integrity` and not that the key is unknown. One bad row costs neither the account nor the start.
struct AccountLoader: Sendable {
    let store: any Store
    let custody: any Custody
    let clock: @Sendable () -> UInt64
    /// Whether the KEK is asked at all; while it is known not to answer, what it would open waits, and nobody waits for it.
    var asksKEK = true

    /// - Parameter cache: what the last load opened.
    /// - Throws: only where the store cannot be read.
    func load(_ id: AccountID, cache: EntryCache) async throws(StoreError) -> LoadedAccount {
        let state = try await store.accountState(of: id, now: clock())
        let slots = try await store.slots(of: id)
        return await check(state, of: id, slots: slots, cache: cache)
    }

    /// What becomes of an account that was read.
    func check(_ state: AccountState, of id: AccountID, slots: [SlotRow], cache: EntryCache) async -> LoadedAccount {
        var loaded = LoadedAccount(faults: state.faults)
        guard let account = state.account else { return loaded }
        guard let identity = try? AccountIdentity(accountID: id, publicKey: account.identityPublicKey) else {
            loaded.faults.append(IntegrityFault(table: "accounts", id: id.description))
            return loaded
        }
        loaded.isUsable = true
        checkAccount(account, slots: slots, identity: identity, into: &loaded)
        let trust = WriterTrust(state.writers, identity: identity)
        loaded.faults += trust.faults
        for key in state.keys { add(key, identity: identity, trust: trust, to: &loaded) }
        await addSessions(state, identity: identity, cache: cache, to: &loaded)
        return loaded
    }

    private func checkAccount(_ account: AccountRecord, slots: [SlotRow], identity: AccountIdentity, into loaded: inout LoadedAccount) {
        let key = AccountMessages.AccountKey(account)
        if (try? VerifiedAccountKey(verifying: key, identity: identity, minimumEpoch: 1)) == nil {
            loaded.faults.append(IntegrityFault(table: "accounts", id: account.id.description))
        }
        // What is left of a renewed account has no slots any more.
        guard account.endedAt == nil else { return }
        do throws(EnvelopeError) {
            try SlotList.verify(
                slots.map(\.entry), revision: account.slotListRevision, signature: account.slotListSignature, identity: identity)
        } catch {
            loaded.faults.append(IntegrityFault(table: "slots", id: account.id.description))
        }
    }

    private func add(_ key: KeyState, identity: AccountIdentity, trust: WriterTrust, to loaded: inout LoadedAccount) {
        let isRevoked = key.record.revokedAt != nil
        let active = isRevoked ? nil : key.versions.first { $0.state == .active }
        let pending = isRevoked ? [] : key.versions.filter { $0.state == .pending }
        loaded.keys.append(LiveKeySource(record: key.record, active: active, pending: pending))
        guard !isRevoked else { return }
        for version in key.versions where version.state != .retired && !trust.isIntact(version, of: key.record, identity: identity) {
            loaded.faults.append(IntegrityFault(table: "key_versions", id: "\(key.record.id)@\(version.version)"))
        }
    }

    private func addSessions(
        _ state: AccountState, identity: AccountIdentity, cache: EntryCache, to loaded: inout LoadedAccount
    ) async {
        for record in state.endedSessions { loaded.sessions.append(LiveSessionSource(record: record, entries: [])) }
        var keys = KeyContexts(state.keys.map(\.record))
        let plans = state.sessions.map { SessionPlan($0, keys: &keys, identity: identity) }
        var missing: [EntryOpener.Item] = []
        for item in plans.flatMap(\.items) {
            if let opened = cache.opened(item.key, wrapped: item.wrapped) {
                loaded.cache.keep(item.key, wrapped: item.wrapped, opened: opened)
            } else {
                missing.append(item)
            }
        }
        var outcome = EntryOpener.Outcome(waiting: Set(missing.map(\.key)))
        if asksKEK { outcome = await EntryOpener(custody: custody).open(missing) }
        for item in missing {
            if let opened = outcome.opened[item.key] { loaded.cache.keep(item.key, wrapped: item.wrapped, opened: opened) }
        }
        // Another broker stored an entry for a seal that was opened here: until the KEK says what it is, the seal serves.
        for item in missing where outcome.waiting.contains(item.key) { loaded.cache.keepSeal(before: item.key, of: cache) }
        loaded.waitsForKEK = !outcome.waiting.isEmpty
        // Another broker may have wrapped a live session's entries anew while the KEK is away: what was opened of them still holds.
        for key in outcome.waiting { loaded.cache.carry(key, from: cache) }
        for plan in plans {
            let isWaiting = plan.items.contains { outcome.waiting.contains($0.key) }
            let (entries, faults) = plan.entries(cache: loaded.cache, damaged: outcome.damaged, waiting: outcome.waiting)
            loaded.faults += faults + plan.items.filter { outcome.unheld.contains($0.key) }.map { SessionPlan.fault($0.key) }
            guard !isWaiting || !entries.isEmpty else { continue }
            loaded.sessions.append(LiveSessionSource(record: plan.record, entries: entries, waitsForKEK: isWaiting))
        }
    }
}
