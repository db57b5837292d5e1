import Custody
import Envelope
import Logging
import Model
import Store
import Synchronization

extension Broker {
    /// Name of the store secret that every epoch's probe is wrapped as.
    static let kekProbeName = "kek-probe"

    /// The epoch of one of a custody's versions, which is registered where it is the newest.
    /// - Throws: `.kekChanged` where another is current; `.kekUnreachable` for a custody that is not the store's.
    func kekEpoch(ofVersion version: UInt32, of pinned: PinnedKEK) async throws(BrokerError) -> UInt32 {
        if let place = kekPlace.withLock({ $0 }), place.custody == pinned.uri, place.version == version { return place.epoch }
        let epoch = try await registeredEpoch(ofVersion: version, of: pinned)
        kekPlace.withLock { $0 = KEKPlace(custody: pinned.uri, version: version, epoch: epoch) }
        kek.withLock { $0.mismatch = nil }
        return epoch
    }

    private func registeredEpoch(ofVersion version: UInt32, of pinned: PinnedKEK) async throws(BrokerError) -> UInt32 {
        let epochs = try await stored { () async throws(StoreError) in try await store.kekEpochs() }
        switch KEKRegistration(epochs: epochs, custody: pinned.uri, version: version, predecessor: pinned.predecessor) {
        case .known(let epoch):
            // The same name and number do not make it the same KEK: its probe does.
            if let current = epochs.first(where: { $0.epoch == epoch }), current.probe != nil {
                try await requireSameKEK(as: current, pinned)
            }
            return epoch
        case .passed: throw .kekChanged
        case .register(let current):
            // A later version of the same name must be the same KEK, too.
            if let standing = epochs.first(where: { $0.epoch == current }), standing.custody == pinned.uri, standing.probe != nil {
                try await requireSameKEK(as: standing, pinned)
            }
            return try await register(version: version, of: pinned, replacing: current)
        case .compare(let current):
            try await requireSameKEK(as: current, pinned)
            try await stored { () async throws(StoreError) in
                try await store.renameKEKCustody(from: current.custody, to: pinned.uri)
            }
            logger.notice("the KEK has another place now", metadata: ["kek.custody": "\(pinned.uri)"])
            guard current.version != version else { return current.epoch }
            return try await register(version: version, of: pinned, replacing: current.epoch)
        }
    }

    private func register(version: UInt32, of pinned: PinnedKEK, replacing current: UInt32?) async throws(BrokerError) -> UInt32 {
        let items = [WrapItem(plaintext: Blob(store.storeID.bytes), context: try probeContext())]
        let wraps = try await inCustody("kek_epochs") { () async throws(CustodyError) in try await pinned.custody.wrap(items) }
        guard let probe = wraps.first, pinned.custody.version(of: probe) == version else { throw .kekChanged }
        let new = NewKEKEpoch(custody: pinned.uri, version: version, probe: probe, createdAt: clock())
        let epoch = try await stored { () async throws(StoreError) in try await store.registerKEKEpoch(new, replacing: current) }
        logger.notice("a KEK version is in use", metadata: ["kek.epoch": "\(epoch.epoch)", "kek.custody": "\(epoch.custody)"])
        return epoch.epoch
    }

    /// A keyring may have been put elsewhere, with the store or without it. It is the same one if it opens what was wrapped with it.
    private func requireSameKEK(as epoch: KEKEpoch, _ pinned: PinnedKEK) async throws(BrokerError) {
        if let probe = epoch.probe {
            let items = [UnwrapItem(wrap: probe, context: try probeContext())]
            do throws(BrokerError) {
                let opened = try await inCustody("kek_epochs") { () async throws(CustodyError) in try await pinned.custody.unwrap(items) }
                if opened == [Blob(store.storeID.bytes)] { return }
            } catch {
                guard error.code == .integrity else { throw error }
            }
        }
        let cause = "the store is wrapped under another KEK (\(epoch.custody)); run: tacit serve --kek with that one"
        let before = kek.withLock { health in
            defer { health.mismatch = cause }
            return health.mismatch
        }
        if before != cause { logger.error("the store is wrapped under another KEK", metadata: ["kek.custody": "\(epoch.custody)"]) }
        throw BrokerError(.kekUnreachable, cause, retryAfterSeconds: 60)
    }

    func probeContext() throws(BrokerError) -> ContextBytes {
        try checked { () throws(EnvelopeError) in try WrapContexts.storeSecret(storeID: store.storeID, name: Self.kekProbeName) }
    }
}
