import Custody
import Logging
import Model
import Store
import Synchronization

extension Broker {
    /// What the KEK's last answer says about it.
    /// - Parameter looked: the KEK was looked at as a whole. Without that a call that succeeds does not make good a right or a setting that
    ///   another one lacked: who may still decrypt may lack the right to encrypt.
    func noteKEK(_ error: CustodyError?, looked: Bool = false) {
        let cause: String? =
            switch error {
            case .unreachable(let reason)?, .misconfigured(let reason)?: reason
            case nil: kek.withLock { $0.isMisconfigured && !looked ? $0.failure : nil }
            case .integrity?, .unknownVersion?, .tooLarge?: kek.withLock { $0.failure }  // about a wrap
            }
        let before = kek.withLock { health in
            defer { health.failure = cause }
            if case .misconfigured? = error { health.isMisconfigured = true } else if cause == nil { health.isMisconfigured = false }
            return health.failure
        }
        guard before != cause else { return }
        if let cause {
            logger.error("KEK failed", metadata: ["kek.reason": "\(cause)"])
        } else {
            logger.notice("the KEK answers")
        }
    }

    /// What a start needs of the KEK, for at most three seconds: one that takes longer stops nothing, and what waits for it is done when
    /// it answers.
    /// - Throws: what is not the KEK's fault.
    func askKEKAtStart() async throws(BrokerError) {
        final class Answer: Sendable {
            let result = Mutex<Result<Void, BrokerError>?>(nil)
        }
        let answer = Answer()
        Task {
            var result: Result<Void, BrokerError> = .success(())
            if await lookAfterKEK() {
                do throws(BrokerError) { _ = try await readyDecoy() } catch { result = .failure(error) }
            }
            answer.result.withLock { $0 = result }
        }
        for _ in 0..<300 {
            if let result = answer.result.withLock({ $0 }) {
                do throws(BrokerError) { try result.get() } catch {
                    guard error.code == .kekUnreachable || error.code == .kekChanged else { throw error }
                }
                return
            }
            do { try await Task.sleep(for: .milliseconds(10)) } catch { break }
        }
        kek.withLock { $0.failure = $0.failure ?? "it has not answered yet; run: tacit kek status" }
    }

    /// Asks every 5 s, until the task is cancelled.
    func watchKEK() async {
        while !Task.isCancelled {
            await retryWaiting()
            do { try await Task.sleep(for: .seconds(5)) } catch { return }
        }
    }

    /// Asks the KEK whether it answers, and does what waited for it: loads sessions, and goes on with a move or a new version that was
    /// begun elsewhere.
    func retryWaiting() async {
        let answers = await lookAfterKEK()
        // One that lacks a right may have those that opening needs.
        guard answers || kek.withLock({ $0.isMisconfigured }) else { return }
        if answers, decoy.withLock({ $0 == nil }) { _ = try? await readyDecoy() }
        for id in waiting.withLock({ $0 }) { await reload(id) }
    }

    /// Asks the KEK for its current version and registers it.
    /// - Returns: whether it answered.
    @discardableResult
    func lookAfterKEK() async -> Bool {
        let (kek, versions): (PinnedKEK, KEKVersions)
        do throws(CustodyError) {
            if let custodySet { try await custodySet.follow() }
            kek = pinnedKEK
            versions = try await kek.custody.versions()
            noteKEK(nil, looked: true)
        } catch {
            noteKEK(error)
            return false
        }
        do throws(BrokerError) { try await reconcileKEK(version: versions.current, of: kek) } catch {
            if error.code == .kekChanged {
                self.kek.withLock { $0.mismatch = "another KEK is the store's current one than \(kek.uri); run: tacit kek status" }
            }
            logger.debug("the KEK's epoch could not be looked after", metadata: ["error.code": "\(error.code.rawValue)"])
        }
        return true
    }

    /// Registers the custody's current version, begins the job of a move whose start was broken off, and ends a move whose job has ended.
    func reconcileKEK(version: UInt32, of pinned: PinnedKEK) async throws(BrokerError) {
        // Asked anew each time: the keyring behind the name may be another one.
        kekPlace.withLock { $0 = nil }
        let epoch = try await kekEpoch(ofVersion: version, of: pinned)
        // Of the move that was under way then: another one that begins meanwhile is not this one's to end.
        guard pinned.predecessor != nil else { return }
        let job = try await stored { () async throws(StoreError) in try await store.kekJob() }
        if let job, job.target == epoch {
            if job.state == .done { await finishMove(of: pinned) }
        } else {
            let now = clock()
            _ = try await stored { () async throws(StoreError) in try await store.startKEKJob(target: epoch, now: now) }
            wakeKEKJob()
        }
    }

    /// Ends the move that `pinned` belongs to, once no row is under another custody any more: then the old one is not needed.
    func finishMove(of pinned: PinnedKEK) async {
        guard let custodySet, let from = pinned.predecessor else { return }
        let (store, logger) = (store, logger)
        do throws(CustodyError) {
            let isFinished = try await custodySet.finishMove(generation: pinned.generation) { uri in
                guard let epochs = try? await store.kekEpochs(), let uses = try? await store.kekUses() else { return false }
                let own = Set(epochs.filter { $0.custody == uri }.map(\.epoch))
                let isAlone = uses.allSatisfy { own.contains($0.key) || $0.value.isEmpty }
                if !isAlone { logger.error("rows are left under the custody the KEK is moved from", metadata: ["kek.custody": "\(from)"]) }
                return isAlone
            }
            guard isFinished else { return }
            logger.notice("the KEK was moved; the old custody is not needed any more", metadata: ["kek.custody": "\(from)"])
        } catch {
            // The KEK itself may be well; the next look at it tries again.
            logger.error("the end of the KEK's move could not be written down", metadata: ["kek.reason": "\(CustodyStatus(error).cause)"])
        }
    }

    /// The broker's custody where it can be moved.
    var custodySet: CustodySet? { custody as? CustodySet }

    func wakeKEKJob() { kekWake.withLock { $0 = true } }
}
