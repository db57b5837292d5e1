import Foundation
import Logging
import Model
import Sessions
import Store
import Synchronization

extension Broker {
    /// Reads the store secret and every account, and installs what is live.
    ///
    /// A KEK that does not answer stops nothing: the sessions load when it does (``run()`` tries again), and until then calls with
    /// unknown tokens hear `kek_unreachable`. A damaged row stops neither the start nor other accounts.
    /// - Throws: only where the store cannot be read.
    package func start() async throws(BrokerError) {
        sessions.setReady(false)
        try await askKEKAtStart()
        let counter = try await stored { () async throws(StoreError) in try await store.changeCounter() }
        let accounts = try await stored { () async throws(StoreError) in try await store.accountIDs() }
        faults.replaceStoreFaults(accounts.faults)
        await loadAll(accounts.ids)
        life.withLock { life in
            life.changeCounter = counter
            life.hasStarted = true
        }
        updateReadiness()
        logger.info("loaded", metadata: ["accounts": "\(accounts.ids.count)", "sessions": "\(sessions.liveCount)"])
    }

    /// Reads one account again and replaces what is live of it. Loads run one after the other, so an older one never replaces a newer.
    /// Where the store cannot be read, what is live stays and the next change of the counter tries again.
    func reload(_ id: AccountID) async {
        await loading.run { await loadOne(id) }
        if life.withLock({ $0.hasStarted }) { updateReadiness() }
    }

    /// Accounts that are read at the same time at the start: signatures keep every processor busy, a KEK that is elsewhere none.
    private static let accountsAtOnce = max(4, ProcessInfo.processInfo.activeProcessorCount)

    private func loadAll(_ ids: [AccountID]) async {
        await loading.run {
            await withTaskGroup(of: Void.self) { group in
                for (place, id) in ids.enumerated() {
                    if place >= Self.accountsAtOnce { _ = await group.next() }
                    group.addTask { await self.loadOne(id) }
                }
            }
        }
    }

    /// Not twice at a time for one account.
    private func loadOne(_ id: AccountID) async {
        let cache = caches.withLock { $0[id] ?? EntryCache() }
        do throws(StoreError) {
            let asksKEK = kek.withLock { $0.failure == nil }
            let loader = AccountLoader(store: store, custody: custody, clock: clock, asksKEK: asksKEK)
            install(try await load(id, with: loader, cache: cache), as: id)
        } catch {
            logger.error("an account could not be read", metadata: ["account.id": "\(id)"])
            waiting.withLock { _ = $0.insert(id) }
        }
    }

    /// Reads again where a move of the KEK began or ended meanwhile: what was read before may open nowhere any more.
    private func load(_ id: AccountID, with loader: AccountLoader, cache: EntryCache) async throws(StoreError) -> LoadedAccount {
        for _ in 0..<2 {
            let generation = pinnedKEK.generation
            let loaded = try await loader.load(id, cache: cache)
            if pinnedKEK.generation == generation { return loaded }
        }
        return try await loader.load(id, cache: cache)
    }

    /// Keeps entries whose opened form is known already, until the next load decides what stays.
    func remember(_ fresh: EntryCache, of id: AccountID) {
        caches.withLock { $0[id, default: EntryCache()].merge(fresh) }
    }

    /// Whether every session that is stored is in the table, or known to be damaged.
    func updateReadiness() {
        sessions.setReady(waiting.withLock { $0.isEmpty })
    }

    private func install(_ loaded: LoadedAccount, as id: AccountID) {
        for fault in faults.replace(account: id, loaded.faults) {
            logger.error("a stored row does not pass its check", metadata: ["row": "\(fault)"])
        }
        guard loaded.isUsable else {
            sessions.remove(account: id)
            caches.withLock { $0[id] = nil }
            waiting.withLock { _ = $0.remove(id) }
            return
        }
        caches.withLock { $0[id] = loaded.cache }
        waiting.withLock { waiting in
            if loaded.waitsForKEK { waiting.insert(id) } else { waiting.remove(id) }
        }
        sessions.install(account: id, keys: loaded.keys, sessions: probing(loaded.sessions))
    }
}
