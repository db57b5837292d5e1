import Audit
import Custody
import Logging
import Model
import Store
import Synchronization

extension Broker {
    /// After this many seconds without a heartbeat a job is taken over.
    static let kekStaleSeconds: UInt64 = 10

    /// Does the store's unfinished KEK job whenever there is one and no other broker does it, until the task is cancelled.
    func runKEKJobs() async {
        var wait: Duration = .zero
        while !Task.isCancelled {
            do { try await pause(wait) } catch { break }
            wait = await attemptKEKJob() == .changed ? .milliseconds(50) : .seconds(1)
        }
        await giveBack(nil)
    }

    /// Takes the job, if there is one to take, and works on it until it ends or cannot go on.
    /// - Returns: why it could not; `nil` where there was nothing to do or it ended.
    @discardableResult
    func attemptKEKJob() async -> RewrapStop? {
        do throws(StoreError) {
            let claimed = try await kekStore.claimKEKJob(holder: holder, now: clock(), staleSeconds: Self.kekStaleSeconds)
            guard let job = claimed else { return nil }
            let left = job.total - min(job.total, job.rewrapped)
            logger.info("wrapping anew", metadata: ["kek.epoch": "\(job.target)", "rows": "\(left)"])
            guard let stop = await run(job) else { return nil }
            await giveBack(stop)
            if stop == .changed { await retargetKEKJob() }
            return stop
        } catch {
            logger.error("the KEK job could not be read")
            return .store(error)
        }
    }

    /// Waits, unless a rotation begins here meanwhile.
    private func pause(_ wait: Duration) async throws {
        let end = ContinuousClock.now + wait
        while ContinuousClock.now < end {
            let isAwake = kekWake.withLock { isAwake in
                defer { isAwake = false }
                return isAwake
            }
            if isAwake { return }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    /// The KEK has a newer version than the job was begun for: everything goes on to that one.
    private func retargetKEKJob() async {
        do throws(BrokerError) {
            let kek = pinnedKEK
            let versions = try await inCustody("kek") { () async throws(CustodyError) in try await kek.custody.versions() }
            let epoch = try await kekEpoch(ofVersion: versions.current, of: kek)
            let now = clock()
            _ = try await stored { () async throws(StoreError) in try await store.startKEKJob(target: epoch, now: now) }
        } catch { logger.warning("the KEK's new version could not be taken up", metadata: ["error.code": "\(error.code.rawValue)"]) }
    }

    /// Works on a claimed job, with a heartbeat beside the work.
    /// - Returns: why it stopped before its end; `nil` where it ended.
    private func run(_ job: KEKJob) async -> RewrapStop? {
        await withTaskGroup(of: RewrapStop?.self) { group in
            group.addTask { await self.beatKEKJob() }
            group.addTask {
                do throws(RewrapStop) { try await self.rewrapAll(job) } catch { return error }
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
    }

    private func beatKEKJob() async -> RewrapStop? {
        while true {
            do { try await Task.sleep(for: .seconds(2)) } catch { return nil }
            do throws(StoreError) { try await kekStore.beatKEKJob(holder: holder, now: clock()) } catch {
                // A store that fails for a moment is the work's to notice.
                guard error == .notFound else { continue }
                return .lost
            }
        }
    }

    private func rewrapAll(_ job: KEKJob) async throws(RewrapStop) {
        if let custodySet { do throws(CustodyError) { try await custodySet.follow() } catch { throw .custody(error) } }
        let kek = pinnedKEK
        guard let version = try await version(ofEpoch: job.target, of: kek) else { throw .changed }
        var refusals = 0
        var pass = KEKPass(target: job.target)
        while pass.step != .end {
            guard !Task.isCancelled else { throw .lost }
            switch pass.step {
            case .rewrap(let table, let rowID):
                let batch = try await inStore { () async throws(StoreError) in
                    try await kekStore.staleWraps(in: table, below: pass.target, after: rowID, limit: rewrapBatch)
                }
                let (replaced, damaged) = try await rewrapped(batch, in: table, with: kek, version: version)
                if batch.last != nil { try await put(replaced, batch, in: table, pass: pass, damaged: damaged) }
                pass.didRewrap(last: batch.last, damaged: damaged)
                await Task.yield()
            case .truncate:
                let isEmpty = try await inStore { () async throws(StoreError) in try await kekStore.truncateLog() }
                pass.didTruncate(isEmpty)
                refusals += isEmpty ? 0 : 1
                // A reader is in the way: others write meanwhile, so it is asked less and less often.
                if !isEmpty { do { try await Task.sleep(for: .milliseconds(min(1500, 20 * refusals))) } catch { throw .lost } }
            case .finish:
                let hasEnded = try await finish(pass, of: kek)
                pass.didFinish(hasEnded)
            case .end: break
            }
        }
    }

    /// Stores a batch, and tells the memory of opened entries which bytes stand for them now.
    private func put(
        _ wraps: [ReplacedWrap], _ batch: StaleWraps, in table: WrapTable, pass: KEKPass, damaged: [IntegrityFault]
    ) async throws(RewrapStop) {
        let (all, now) = (pass.damaged + damaged, clock())
        let replaced = try await inStore { () async throws(StoreError) in
            try await kekStore.replaceWraps(wraps, in: table, target: pass.target, damaged: all, holder: holder, now: now)
        }
        for fault in damaged {
            faults.addStoreFault(fault)
            logger.error("a stored row does not pass its check", metadata: ["row": "\(fault)"])
        }
        rememberRewrapped(wraps.filter { replaced.contains($0.rowID) }, batch)
    }

    private func finish(_ pass: KEKPass, of kek: PinnedKEK) async throws(RewrapStop) -> Bool {
        let (damaged, now) = (pass.damaged, clock())
        // Written down before it counts: rather twice than not at all.
        _ = try await inStore { () async throws(StoreError) in
            try await audit.append(
                actor: "broker", action: "kek_rewrapped", accountID: nil, subject: "epoch \(pass.target)",
                outcome: damaged.isEmpty ? "ok" : "damaged: \(damaged.count)", requestID: "")
        }
        let hasEnded = try await inStore { () async throws(StoreError) in
            try await kekStore.finishKEKJob(target: pass.target, damaged: damaged, holder: holder, now: now)
        }
        guard hasEnded else { return false }
        logger.notice("everything is wrapped anew", metadata: ["kek.epoch": "\(pass.target)", "rows": "\(damaged.count) damaged"])
        if damaged.isEmpty { await finishMove(of: kek) }
        return true
    }

    /// The custody's version of an epoch; `nil` where the epoch is not the current one of this broker's custody.
    private func version(ofEpoch target: UInt32, of kek: PinnedKEK) async throws(RewrapStop) -> UInt32? {
        let epochs = try await inStore { () async throws(StoreError) in try await kekStore.kekEpochs() }
        guard let epoch = epochs.first(where: { $0.epoch == target }), epoch.state == .current, epoch.custody == kek.uri
        else { return nil }
        return epoch.version
    }

    private func inStore<R>(_ body: () async throws(StoreError) -> R) async throws(RewrapStop) -> R {
        do throws(StoreError) { return try await body() } catch {
            switch error {
            case .notFound: throw .lost
            case .kekEpochPassed: throw .changed
            default: throw .store(error)
            }
        }
    }

    /// In a task of its own: this one may be cancelled, and so would the store's write be.
    private func giveBack(_ stop: RewrapStop?) async {
        let cause = stop?.cause ?? ""
        if let stop, stop != .lost {
            var facts: Logger.Metadata = ["reason": "\(cause)"]
            if !stop.storeReason.isEmpty { facts["store.reason"] = "\(stop.storeReason)" }
            logger.warning("wrapping anew was put off", metadata: facts)
        }
        await Task { try? await self.kekStore.releaseKEKJob(holder: self.holder, cause: cause) }.value
    }
}
