import Custody
import Envelope
package import Model
import Store

extension Broker {
    /// Wraps everything anew under a new version, or under another custody (`rotate_kek`, operator). Joins a rotation that runs; the work
    /// itself goes on in the broker, whoever asked.
    /// - Throws: `.kekUnreachable`; `.malformed` for a custody that is none; `.busy` where another rotation runs than the one asked for.
    package func rotateKEK(_ message: KEKMessages.Rotate, call: Call) async throws(BrokerError) -> KEKMessages.Rotation {
        try await audited(.rotateKEK, call) { (facts) async throws(BrokerError) in
            try call.requireOperator()
            let running = try await stored { () async throws(StoreError) in try await store.kekJob() }.flatMap {
                $0.state == .running ? $0 : nil
            }
            let epoch: UInt32
            if let uri = message.to {
                epoch = try await moveKEK(to: uri, running: running)
            } else if let running {
                // Joined; and carried on to the current epoch, where that is a later one.
                let epochs = try await stored { () async throws(StoreError) in try await store.kekEpochs() }
                epoch = epochs.first { $0.state == .current }?.epoch ?? running.target
            } else {
                epoch = try await epochToRotateTo()
            }
            facts.subject = "epoch \(epoch)"
            let now = clock()
            let job = try await stored { () async throws(StoreError) in try await store.startKEKJob(target: epoch, now: now) }
            wakeKEKJob()
            return KEKMessages.Rotation(job)
        }
    }

    /// A new version; or the current one, where `kek new` made it and nothing was wrapped anew with it yet.
    private func epochToRotateTo() async throws(BrokerError) -> UInt32 {
        if let custodySet { _ = try await inCustody("kek") { () async throws(CustodyError) in try await custodySet.follow() } }
        let kek = pinnedKEK
        let versions = try await inCustody("kek") { () async throws(CustodyError) in try await kek.custody.versions() }
        let current = try await kekEpoch(ofVersion: versions.current, of: kek)
        let job = try await stored { () async throws(StoreError) in try await store.kekJob() }
        let uses = try await stored { () async throws(StoreError) in try await store.kekUses() }
        let hasOlder = uses.contains { $0.key < current && !$0.value.isEmpty }
        guard !hasOlder || job?.target == current else { return current }
        return try await addEpoch(after: versions.current, of: kek)
    }

    /// Opens another custody, shows that it works, and wraps with it from then on.
    private func moveKEK(to uri: String, running: KEKJob?) async throws(BrokerError) -> UInt32 {
        guard let custodySet else { throw BrokerError(.forbidden, "this broker cannot move its KEK; run: tacit kek status") }
        // Another broker may have moved it already.
        _ = try await inCustody("kek") { () async throws(CustodyError) in try await custodySet.follow() }
        let target: any Custody
        do throws(CustodyError) { target = try await custodySet.open(uri) } catch {
            guard case .misconfigured(let cause) = error else { throw BrokerError(error, row: "kek") }
            throw BrokerError(.malformed, cause)
        }
        if target.uri == custodySet.uri {
            guard custodySet.predecessor != nil else {
                throw BrokerError(.malformed, "the KEK is there already; run: tacit kek status, or for a new version: tacit rotate kek")
            }
        } else {
            guard running == nil, custodySet.predecessor == nil else {
                throw BrokerError(.busy, "a rotation is under way; wait for its end: tacit kek status", retryAfterSeconds: 5)
            }
            let epochs = try await stored { () async throws(StoreError) in try await store.kekEpochs() }
            guard let current = epochs.first(where: { $0.state == .current }), current.custody == custodySet.uri else { throw .kekChanged }
            try await refuseSameKEK(target, as: current)
            do throws(CustodyError) {
                try await prove(target, above: epochs.filter { $0.custody == target.uri }.map(\.version).max())
                let store = store
                try await custodySet.beginMove(to: target) { uri in
                    // Proving takes time, in which another broker may have moved it on.
                    (try? await store.kekEpochs())?.first { $0.state == .current }?.custody == uri
                }
            } catch { throw BrokerError(error, row: "kek") }
        }
        let kek = pinnedKEK
        let version = try await inCustody("kek") { () async throws(CustodyError) in try await kek.custody.versions() }.current
        return try await kekEpoch(ofVersion: version, of: kek)
    }

    /// A custody of another name that opens what the store's KEK wrapped is the same one, or has a copy of it: the tool would say afterwards
    /// that the old one is not needed any more.
    private func refuseSameKEK(_ target: any Custody, as current: KEKEpoch) async throws(BrokerError) {
        guard let probe = current.probe else { return }
        let item = UnwrapItem(wrap: probe, context: try probeContext())
        do throws(CustodyError) { _ = try await target.unwrap([item]) } catch {
            switch error {
            case .integrity, .unknownVersion, .tooLarge: return
            case .unreachable, .misconfigured: throw BrokerError(error, row: "kek")
            }
        }
        throw BrokerError(
            .malformed, "\(target.uri) holds the KEK the store is wrapped under already; run: tacit serve --kek \(target.uri)")
    }

    /// That a custody gives back what it wraps, only under its context, and that its current version is one no epoch had: a store comes
    /// back to a custody only with a new version.
    /// - Parameter highest: of the versions that epochs had there.
    private func prove(_ target: any Custody, above highest: UInt32?) async throws(CustodyError) {
        if let highest {
            // A keyring that was made anew counts from 1 again.
            var current = try await target.versions().current
            for _ in 0..<256 where current <= highest && highest - current < 256 {
                current = try await target.addVersion(after: current).current
            }
            guard current > highest else {
                throw .misconfigured(
                    "\(target.uri) has fewer versions than the store had of it (\(highest)); run: tacit kek move --to another place")
            }
        }
        let contexts: (ContextBytes, ContextBytes)
        do throws(EnvelopeError) {
            contexts = (
                try WrapContexts.storeSecret(storeID: store.storeID, name: Self.kekProbeName),
                try WrapContexts.storeSecret(storeID: store.storeID, name: "another")
            )
        } catch { throw .misconfigured("the KEK's probe cannot be made; run: tacit doctor") }
        let plaintext = Blob(store.storeID.bytes)
        guard let wrap = try await target.wrap([WrapItem(plaintext: plaintext, context: contexts.0)]).first,
            try await target.unwrap([UnwrapItem(wrap: wrap, context: contexts.0)]) == [plaintext]
        else { throw .misconfigured("\(target.uri) does not give back what it wraps; the KEK stays where it is, run: tacit kek status") }
        do throws(CustodyError) { _ = try await target.unwrap([UnwrapItem(wrap: wrap, context: contexts.1)]) } catch {
            switch error {
            case .integrity, .unknownVersion, .tooLarge: return
            case .unreachable, .misconfigured: throw error
            }
        }
        throw .misconfigured("\(target.uri) does not bind a wrap to its context; the KEK stays where it is, run: tacit kek status")
    }
}
